//! The host's sound devices, through cpal.

use super::device::{Backend, Found, Line};
use super::tap::Tap;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, ErrorKind, FromSample, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedBufferSize, SupportedStreamConfig,
};

/// How often a device shall take some, in parts of a second: by itself a sound server may take
/// half a second at a time, and be heard that much later.
const TAKES: u32 = 50;

/// The host's default device, whichever that is when one is looked for.
pub struct Host;

impl Backend for Host {
    fn find(&mut self) -> Result<Box<dyn Found>, String> {
        #[cfg(target_os = "linux")]
        let chatter = alsa::Output::local_error_handler();
        let found = find_default();
        #[cfg(target_os = "linux")]
        if let Ok(chatter) = chatter {
            for line in chatter.borrow().to_string().lines() {
                log::debug!("sound: {line}");
            }
        }
        Ok(Box::new(found?))
    }
}

/// On Linux the library prints what it tries on the way, unless somebody listens.
fn find_default() -> Result<HostDevice, String> {
    let host = cpal::default_host();
    let device = host.default_output_device();
    let device = device.ok_or_else(|| "the host has no sound device".to_owned())?;
    let config = device.default_output_config();
    let config = config.map_err(|error| one_line(&error))?;
    Ok(HostDevice { device, config })
}

/// What cpal says, on one line and without a full stop.
fn one_line(error: &cpal::Error) -> String {
    let text = error.to_string();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

struct HostDevice {
    device: Device,
    config: SupportedStreamConfig,
}

impl Found for HostDevice {
    fn name(&self) -> String {
        let described = self.device.description();
        described.map_or_else(|_| "sound".to_owned(), |described| described.to_string())
    }

    fn rate(&self) -> u32 {
        self.config.sample_rate()
    }

    fn start(self: Box<Self>, tap: Tap) -> Result<Box<dyn Line>, String> {
        let config = StreamConfig {
            buffer_size: taken_at_once(&self.config),
            ..self.config.config()
        };
        let device = &self.device;
        let stream = match self.config.sample_format() {
            SampleFormat::F32 => stream::<f32>(device, config, tap),
            SampleFormat::F64 => stream::<f64>(device, config, tap),
            SampleFormat::I16 => stream::<i16>(device, config, tap),
            SampleFormat::U16 => stream::<u16>(device, config, tap),
            SampleFormat::I24 => stream::<cpal::I24>(device, config, tap),
            SampleFormat::I32 => stream::<i32>(device, config, tap),
            SampleFormat::U32 => stream::<u32>(device, config, tap),
            SampleFormat::I8 => stream::<i8>(device, config, tap),
            SampleFormat::U8 => stream::<u8>(device, config, tap),
            other => Err(format!("the sound device wants samples as {other}")),
        }?;
        Ok(Box::new(Playing { _stream: stream }))
    }
}

/// How many frames the device shall take at a time.
fn taken_at_once(config: &SupportedStreamConfig) -> BufferSize {
    match *config.buffer_size() {
        SupportedBufferSize::Range { min, max } if min <= max => {
            BufferSize::Fixed((config.sample_rate() / TAKES).clamp(min, max))
        }
        _ => BufferSize::Default,
    }
}

fn stream<T>(device: &Device, config: StreamConfig, mut tap: Tap) -> Result<Stream, String>
where
    T: SizedSample + FromSample<f32> + Send + 'static,
{
    let channels = usize::from(config.channels);
    let shared = tap.shared();
    let stream = device.build_output_stream(
        config,
        move |out: &mut [T], _: &cpal::OutputCallbackInfo| tap.fill(out, channels, T::from_sample_),
        move |error| match error.kind() {
            // It goes on, perhaps elsewhere.
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => (),
            _ => shared.lose(one_line(&error)),
        },
        None,
    );
    let stream = stream.map_err(|error| one_line(&error))?;
    stream.play().map_err(|error| one_line(&error))?;
    Ok(stream)
}

struct Playing {
    _stream: Stream,
}

impl Line for Playing {}
