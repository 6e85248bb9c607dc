//! Devices that play into nothing: for tests, and for machines without sound.

use super::device::{Backend, Found, Line};
use super::tap::{Stereo, Tap};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const NAME: &str = "nothing";

/// A device that takes sound as the host's clock goes, from a thread of its own like others.
#[derive(Clone, Copy, Debug)]
pub struct RealTime {
    /// Frames a second.
    pub rate: u32,
}

/// How often it takes some.
const PERIOD: Duration = Duration::from_millis(10);

impl Backend for RealTime {
    fn find(&mut self) -> Result<Box<dyn Found>, String> {
        Ok(Box::new(*self))
    }
}

impl Found for RealTime {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn rate(&self) -> u32 {
        self.rate
    }

    fn start(self: Box<Self>, tap: Tap) -> Result<Box<dyn Line>, String> {
        let stops = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stops);
        let plays = move || take_in_time(tap, self.rate, &stop);
        let thread = thread::Builder::new().name("no sound".to_owned());
        let thread = thread.spawn(plays).map_err(|error| error.to_string())?;
        Ok(Box::new(Running {
            stops,
            thread: Some(thread),
        }))
    }
}

fn take_in_time(mut tap: Tap, rate: u32, stops: &AtomicBool) {
    let started = Instant::now();
    let mut taken = 0;
    let mut buffer: Vec<f32> = Vec::new();
    while !stops.load(Ordering::Relaxed) {
        thread::sleep(PERIOD);
        let due = (started.elapsed().as_secs_f64() * f64::from(rate)) as u64;
        // A thread that slept long takes what a device would have.
        let many = due.saturating_sub(taken).min(u64::from(rate));
        taken = due;
        buffer.resize(2 * many as usize, 0.0);
        tap.fill(&mut buffer, 2, |sample| sample);
    }
}

struct Running {
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Line for Running {}

impl Drop for Running {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It cannot fail, and if it did there is nothing left to do.
            let _ = thread.join();
        }
    }
}

/// Devices that take sound when they are told to. Clones are the same.
#[derive(Clone, Default)]
pub struct ByHand(Rc<RefCell<Hand>>);

#[derive(Default)]
struct Hand {
    /// The rate of the device that is plugged in.
    rate: Option<u32>,
    tap: Option<Tap>,
    starts: u32,
}

impl ByHand {
    /// With a device of this rate.
    pub fn with(rate: u32) -> ByHand {
        let hand = ByHand::default();
        hand.plug(rate);
        hand
    }

    /// Another device is there from now on.
    pub fn plug(&self, rate: u32) {
        self.0.borrow_mut().rate = Some(rate);
    }

    /// The device is gone.
    pub fn unplug(&self) {
        let mut hand = self.0.borrow_mut();
        hand.rate = None;
        if let Some(tap) = hand.tap.take() {
            tap.shared().lose("it was unplugged".to_owned());
        }
    }

    /// How many devices were started.
    pub fn starts(&self) -> u32 {
        self.0.borrow().starts
    }

    /// Lets the device take so many frames.
    pub fn take(&self, frames: usize) -> Vec<Stereo> {
        let mut samples = vec![0.0; 2 * frames];
        if let Some(tap) = &mut self.0.borrow_mut().tap {
            tap.fill(&mut samples, 2, |sample| sample);
        }
        let frames = samples.chunks_exact(2);
        frames.filter_map(|two| two.try_into().ok()).collect()
    }
}

impl Backend for ByHand {
    fn find(&mut self) -> Result<Box<dyn Found>, String> {
        match self.0.borrow().rate {
            Some(_) => Ok(Box::new(self.clone())),
            None => Err("nothing is plugged in".to_owned()),
        }
    }
}

impl Found for ByHand {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn rate(&self) -> u32 {
        self.0.borrow().rate.unwrap_or(0)
    }

    fn start(self: Box<Self>, tap: Tap) -> Result<Box<dyn Line>, String> {
        let mut hand = self.0.borrow_mut();
        hand.tap = Some(tap);
        hand.starts += 1;
        Ok(Box::new(Held))
    }
}

struct Held;

impl Line for Held {}
