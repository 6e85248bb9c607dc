//! From a file, or the image of one, to a sample.

use super::create::check_loops;
use super::routine::{Custom, MEMTYPE_AUDIO};
use super::{Data, Sample};
use crate::kernel::abi::{CallerStack, Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes::{
    BADFILEIO, BADFILENAME, BADFILETYPE, BADOFX, BADTAG, BADTAGVAL, NOMEM, NOSAMPLE, OVERMARKERS,
};
use crate::kernel::portfolio::audio::{AudioFile, AudioStep, tags};
use crate::kernel::portfolio::errors::{Parts, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::{CommonTags, common_tags, own_tags};
use crate::loader::aiff::{Aiff, AiffError};
use crate::mem::{CString, GuestPtr};
use serde::{Deserialize, Serialize};

/// Characters of a path.
const PATH_MAX: u32 = 256;
/// What is read of a file beyond the sound that is wanted of it, to find that sound.
const HEAD: u32 = 0x1_0000;

/// What a file is read for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleFile {
    name: Vec<u8>,
    how: How,
    /// Bytes of it that are enough; none = all.
    most: Option<u32>,
}

impl SampleFile {
    /// How much of the file is to be read; none = all.
    pub fn most(&self) -> Option<u32> {
        self.most
    }
}

/// What becomes of a sound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct How {
    /// Bytes of it at most.
    scan: Option<u32>,
    /// Whose memory it goes to, if not the task's pool.
    custom: Option<Custom>,
}

impl From<AiffError> for Status {
    fn from(error: AiffError) -> Status {
        match error {
            AiffError::NotForm | AiffError::NotAiff { .. } | AiffError::Compression { .. } => {
                BADFILETYPE
            }
            AiffError::TooManyMarkers { .. } => OVERMARKERS,
            AiffError::NoSound => NOSAMPLE,
            AiffError::Cut { .. }
            | AiffError::Short { .. }
            | AiffError::Value { .. }
            | AiffError::NoCommon => BADOFX,
        }
    }
}

/// What the folio says about a file that the file system cannot give.
fn file_error(error: Status) -> Status {
    match Parts::of(error) {
        Some(parts) if parts.class == 0 && parts.number == 6 => NOMEM,
        Some(parts) if parts.object == b'D' => BADFILEIO,
        _ => BADFILENAME,
    }
}

/// Where a file may be: here, in the audio directory, in its directory for such files.
fn places(name: &[u8]) -> Vec<Vec<u8>> {
    let mut places = vec![name.to_vec()];
    if name.first().is_some_and(|first| !b"/$^".contains(first)) {
        let audio = |between: &[u8]| [b"$audio/", between, name].concat();
        places.push(audio(b""));
        let file = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
        if let Some(dot) = file.iter().rposition(|&byte| byte == b'.') {
            places.push(audio(&[&file[dot + 1..], b"/"].concat()));
        }
    }
    places
}

impl Portfolio {
    fn fetch_sample(&mut self, name: Vec<u8>, how: How) -> Answer {
        let paths = places(&name);
        let most = how.scan.map(|scan| scan.saturating_add(HEAD));
        let file = SampleFile { name, how, most };
        self.fetch_file(paths, AudioFile::Sample(file))
    }

    /// The file that a call has asked for has come, or cannot be had.
    pub(in crate::kernel::portfolio::audio) fn sample_file(
        &mut self,
        cx: &mut CallCx<'_>,
        wanted: &SampleFile,
        file: Result<Vec<u8>, Status>,
    ) -> Result<AudioStep, Trouble> {
        let file = file.map_err(file_error)?;
        let is_head = wanted.most.is_some_and(|most| file.len() >= most as usize);
        if !is_head {
            return Ok(AudioStep::Done(self.sound(cx, &file, &wanted.how)?));
        }
        let scan = wanted.how.scan.unwrap_or(u32::MAX);
        let needed = match Aiff::parse_head(&file) {
            Ok(aiff) => {
                let len = aiff.sound.len.min(scan);
                let end = aiff.sound.offset.saturating_add(len);
                if end as usize <= file.len() {
                    let reply = self.part_of_sound(cx, &file, &aiff, &wanted.how)?;
                    return Ok(AudioStep::Done(reply));
                }
                end
            }
            // What describes the sound, or the sound, comes later.
            Err(AiffError::NoCommon | AiffError::NoSound) => u32::try_from(file.len())
                .unwrap_or(u32::MAX)
                .saturating_mul(4),
            Err(error) => return Err(Status::from(error).into()),
        };
        let wanted = SampleFile {
            most: Some(needed),
            ..wanted.clone()
        };
        let paths = places(&wanted.name);
        Ok(AudioStep::Fetch(paths, AudioFile::Sample(wanted)))
    }

    /// Makes a sample of a whole file.
    fn sound(&mut self, cx: &mut CallCx<'_>, file: &[u8], how: &How) -> Result<Reply, Trouble> {
        let aiff = Aiff::parse(file).map_err(Status::from)?;
        self.part_of_sound(cx, file, &aiff, how)
    }

    fn part_of_sound(
        &mut self,
        cx: &mut CallCx<'_>,
        file: &[u8],
        aiff: &Aiff,
        how: &How,
    ) -> Result<Reply, Trouble> {
        let len = aiff.sound.len.min(how.scan.unwrap_or(u32::MAX));
        let from = aiff.sound.offset as usize;
        let sound = from.checked_add(len as usize).map(|to| file.get(from..to));
        let sound = sound.flatten().unwrap_or_default();
        let mut sample = Sample::from_file(aiff, sound.len() as u32);
        check_loops(&sample)?;
        let common = CommonTags::default();
        if let Some(custom) = how.custom {
            let item = self.give_sample(cx.mem, common, sample)?;
            return Ok(self.await_memory(item, sound.to_vec(), custom));
        }
        self.with_task_memory(cx, &mut sample, sound.len() as u32)?;
        let address = sample.address;
        let made = self.give_sample(cx.mem, common, sample);
        match made {
            Ok(item) => {
                cx.mem.write_bytes(address, sound)?;
                cx.charge.0 += sound.len() as u64 / 4;
                Ok(Reply::value(item.0 as u32))
            }
            Err(error) => {
                self.free_mem(cx, address, sound.len() as i32)?;
                Err(error.into())
            }
        }
    }

    /// Gives a sample memory of the running task's program.
    pub(super) fn with_task_memory(
        &mut self,
        cx: &mut CallCx<'_>,
        sample: &mut Sample,
        bytes: u32,
    ) -> Result<(), Trouble> {
        if bytes == 0 {
            return Ok(());
        }
        let size = i32::try_from(bytes).map_err(|_| NOMEM)?;
        let address = self.alloc_mem(cx, size, MEMTYPE_AUDIO)?;
        if address == 0 {
            return Err(NOMEM.into());
        }
        let task = self.caller();
        sample.address = address;
        sample.data = Data::Program {
            task,
            address,
            bytes,
        };
        Ok(())
    }

    /// A sample whose sound stays in the image of its file, moved down to a word if need be.
    fn sound_in_place(
        &mut self,
        cx: &mut CallCx<'_>,
        image: u32,
        file: &[u8],
        how: &How,
    ) -> Result<Item, Trouble> {
        let aiff = Aiff::parse(file).map_err(Status::from)?;
        let len = aiff.sound.len.min(how.scan.unwrap_or(u32::MAX));
        let mut sample = Sample::from_file(&aiff, len);
        check_loops(&sample)?;
        let at = image.wrapping_add(aiff.sound.offset);
        sample.address = at & !3;
        if at != sample.address {
            let from = aiff.sound.offset as usize;
            let sound = file.get(from..from.saturating_add(len as usize));
            cx.mem
                .write_bytes(sample.address, sound.unwrap_or_default())?;
            cx.charge.0 += u64::from(len) / 4;
            self.warn(cx, format!("the sound at {at:#x} is no longer there: it was moved to a whole word, and the image of its file is not one any more"));
        }
        Ok(self.give_sample(cx.mem, CommonTags::default(), sample)?)
    }
}

fn custom(alloc: u32, free: u32, sp: u32) -> Result<Option<Custom>, Status> {
    match (alloc, free) {
        (0, 0) => Ok(None),
        (0, _) | (_, 0) => Err(BADTAG),
        _ => Ok(Some(Custom { alloc, free, sp })),
    }
}

fn file_name(cx: &CallCx<'_>, name: GuestPtr<CString>) -> Result<Vec<u8>, Trouble> {
    let name = cx.mem.read_string(name, PATH_MAX)?;
    if name.is_empty() {
        return Err(BADFILENAME.into());
    }
    Ok(name)
}

/// Vector 3.
pub(super) fn load_sample(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    name: GuestPtr<CString>,
) -> Answer {
    let name = file_name(cx, name)?;
    k.fetch_sample(name, How::default())
}

/// Vector 12.
pub(super) fn scan_sample(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    name: GuestPtr<CString>,
    bytes: i32,
) -> Answer {
    let scan = Some(u32::try_from(bytes).map_err(|_| BADTAGVAL)?);
    let name = file_name(cx, name)?;
    k.fetch_sample(name, How { scan, custom: None })
}

/// Private: the beginning of vector 38.
pub(super) fn load_sample_here(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    name: GuestPtr<CString>,
    alloc: u32,
    free: u32,
    stack: CallerStack,
) -> Answer {
    let custom = custom(alloc, free, stack.0)?;
    let name = file_name(cx, name)?;
    k.fetch_sample(name, How { scan: None, custom })
}

fn image_of(cx: &mut CallCx<'_>, image: u32, bytes: u32) -> Result<Vec<u8>, Trouble> {
    cx.charge.0 += u64::from(bytes) / 4;
    Ok(cx.mem.read_bytes(image, bytes)?)
}

/// Private: the beginning of vector 41.
pub(super) fn define_sample_here(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    image: GuestPtr<u8>,
    bytes: i32,
    alloc: u32,
    free: u32,
    stack: CallerStack,
) -> Result<Reply, Trouble> {
    let custom = custom(alloc, free, stack.0)?;
    let bytes = u32::try_from(bytes).map_err(|_| BADTAGVAL)?;
    let file = image_of(cx, image.addr(), bytes)?;
    k.sound(cx, &file, &How { scan: None, custom })
}

/// Tags of a sample that comes from a file.
#[derive(Default)]
struct FileTags {
    name: Option<u32>,
    image: Option<u32>,
    length: Option<u32>,
    scan: Option<u32>,
    alloc: u32,
    free: u32,
    in_place: bool,
}

/// The tags of a file; none if all are of a sample made from scratch, an error if they are mixed.
fn file_tags(list: &[(u32, u32)]) -> Result<Option<FileTags>, Status> {
    let mut found = FileTags::default();
    let mut count = 0;
    for &(tag, value) in list {
        count += 1;
        match tag {
            tags::NAME => found.name = Some(value),
            tags::IMAGE_ADDRESS => found.image = Some(value),
            tags::IMAGE_LENGTH => found.length = Some(value),
            tags::LEAVE_IN_PLACE => found.in_place = value != 0,
            tags::SCAN => {
                let is_size = i32::try_from(value).is_ok();
                found.scan = Some(is_size.then_some(value).ok_or(BADTAGVAL)?);
            }
            tags::ALLOC_FUNCTION => found.alloc = value,
            tags::FREE_FUNCTION => found.free = value,
            _ => count -= 1,
        }
    }
    match count {
        0 => Ok(None),
        _ if count < list.len() => Err(BADTAG),
        _ => Ok(Some(found)),
    }
}

/// Private: the beginning of vector 44.
pub(super) fn create_sample(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<TagArg>,
    stack: CallerStack,
) -> Answer {
    let common = common_tags(cx.mem, list)?;
    let own: Vec<_> = own_tags(cx.mem, list).collect::<Result<_, _>>()?;
    let Some(found) = file_tags(&own)? else {
        let item = k.create_sample_item(cx, common, &own)?;
        k.give_to_caller(item);
        return Ok(Flow::Done(Reply::value(item.0 as u32)));
    };
    let custom = custom(found.alloc, found.free, stack.0)?;
    let scan = found.scan;
    let how = How { scan, custom };
    match (found.name, found.image, found.length) {
        (Some(name), None, None) if !found.in_place => {
            let name = file_name(cx, GuestPtr::new(name))?;
            k.fetch_sample(name, how)
        }
        (None, Some(image), Some(length)) => {
            let file = image_of(cx, image, length)?;
            let reply = match (found.in_place, custom) {
                (true, Some(_)) => return Err(BADTAG.into()),
                (true, None) => {
                    let item = k.sound_in_place(cx, image, &file, &how)?;
                    Reply::value(item.0 as u32)
                }
                (false, _) => k.sound(cx, &file, &how)?,
            };
            Ok(Flow::Done(reply))
        }
        _ => Err(BADTAG.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_for_in_three_places() {
        let list = |name: &str| {
            let places = places(name.as_bytes()).into_iter();
            let text = places.map(|place| String::from_utf8(place).unwrap());
            text.collect::<Vec<_>>()
        };
        assert_eq!(
            list("x.aiff"),
            ["x.aiff", "$audio/x.aiff", "$audio/aiff/x.aiff"]
        );
        assert_eq!(
            list("sub.d/x"),
            ["sub.d/x", "$audio/sub.d/x"],
            "no suffix, no directory for it"
        );
        assert_eq!(list("/disc/x.aiff"), ["/disc/x.aiff"]);
        assert_eq!(list("$app/x.aiff"), ["$app/x.aiff"]);
    }

    #[test]
    fn errors_of_files() {
        let text = |error: AiffError| Status::from(error);
        assert_eq!(text(AiffError::NotForm), BADFILETYPE);
        assert_eq!(text(AiffError::NoCommon), BADOFX);
        assert_eq!(text(AiffError::NoSound), NOSAMPLE);
        assert_eq!(file_error(Status(0xD556_F006_u32 as i32)), NOMEM);
        assert_eq!(file_error(Status(0xD556_F101_u32 as i32)), BADFILENAME);
        assert_eq!(Status(0xD52B_F114_u32 as i32), BADFILETYPE);
    }
}
