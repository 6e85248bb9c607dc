//! The calls that make and delete templates.

use super::{Template, TemplateFile, Then, places_of};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::audio::program::Origin;
use crate::kernel::portfolio::audio::tags as tag;
use crate::kernel::portfolio::audio::{AudioFile, AudioStep, codes};
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::own_tags;
use crate::mem::{CString, GuestPtr, MEMORY_END, Memory};

/// Characters of a file's path.
const LONGEST_PATH: u32 = 256;

/// Where a template comes from.
enum Source {
    Name(Vec<u8>),
    Image(Vec<u8>),
}

impl Portfolio {
    /// A template item, if it is one.
    pub(in crate::kernel::portfolio::audio) fn template(
        &self,
        item: Item,
    ) -> Result<&Template, Status> {
        self.items.lookup(item).ok_or(codes::BADITEM)?;
        let templates = &self.audio.instruments.templates;
        templates.get(&item).ok_or(codes::BADITEM)
    }

    fn load(&mut self, cx: &mut CallCx<'_>, source: Source, then: Then) -> Answer {
        self.check_audio_open(self.caller())?;
        let mut load = TemplateFile {
            task: self.caller(),
            then,
            wanted: Vec::new(),
            files: Vec::new(),
            origin: Origin::File,
        };
        match source {
            Source::Name(name) => {
                let places = places_of(&name);
                load.wanted = name;
                self.fetch_file(places, AudioFile::Template(load))
            }
            Source::Image(bytes) => match self.define_template(cx, &bytes, &load)? {
                AudioStep::Done(reply) => Ok(Flow::Done(reply)),
                AudioStep::Fetch(places, purpose) => self.fetch_file(places, purpose),
            },
        }
    }

    /// CreateItem of a template. Only from memory: that call cannot wait for a disc.
    pub(in crate::kernel::portfolio::audio) fn create_template(
        &mut self,
        cx: &mut CallCx<'_>,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let source = template_source(cx.mem, tags.iter().map(|&tag| Ok(tag)));
        let Source::Image(bytes) = source? else {
            self.report_missing(cx, "CreateItem of a template by the name of its file");
            return Err(codes::UNIMPLEMENTED);
        };
        let file = self.parse_template(cx, &bytes)?;
        let owner = self.caller();
        self.new_template(cx, vec![file], Origin::File, owner)
    }
}

fn file_name(mem: &Memory, name: GuestPtr<CString>) -> Result<Vec<u8>, Trouble> {
    let name = mem.read_string(name, LONGEST_PATH)?;
    if name.is_empty() || name.len() >= LONGEST_PATH as usize {
        return Err(codes::BADFILENAME.into());
    }
    Ok(name)
}

fn template_source(
    mem: &Memory,
    tags: impl Iterator<Item = Result<(u32, u32), Status>>,
) -> Result<Source, Status> {
    let (mut name, mut address, mut length) = (None, None, None);
    let (mut alloc, mut free, mut in_place) = (0, 0, 0);
    for tag in tags {
        let (tag, value) = tag?;
        match tag {
            tag::NAME => name = Some(value),
            tag::IMAGE_ADDRESS => address = Some(value),
            tag::IMAGE_LENGTH => length = Some(value),
            tag::ALLOC_FUNCTION => alloc = value,
            tag::FREE_FUNCTION => free = value,
            tag::LEAVE_IN_PLACE => in_place = value,
            tag::DEVICE => {}
            _ => return Err(codes::BADTAG),
        }
    }
    let is_image = address.is_some() || length.is_some();
    let half_given = (alloc == 0) != (free == 0);
    if half_given || name.is_some() && is_image || in_place != 0 && (alloc != 0 || !is_image) {
        return Err(codes::BADTAG);
    }
    match (name, address, length) {
        (Some(name), ..) => {
            let name = file_name(mem, GuestPtr::new(name)).map_err(|_| codes::BADFILENAME)?;
            Ok(Source::Name(name))
        }
        (None, Some(0), _) => Err(codes::NULLADDRESS),
        (None, Some(address), Some(length)) if length <= MEMORY_END => {
            let bytes = mem.read_bytes(address, length);
            Ok(Source::Image(bytes.map_err(|_| codes::BADPTR)?))
        }
        _ => Err(codes::BADTAGVAL),
    }
}

fn load_ins_template(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    name: GuestPtr<CString>,
    _device: Item,
) -> Answer {
    let name = file_name(cx.mem, name)?;
    k.load(cx, Source::Name(name), Then::Template)
}

fn load_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    name: GuestPtr<CString>,
    _device: Item,
    priority: u8,
) -> Answer {
    let name = file_name(cx.mem, name)?;
    k.load(cx, Source::Name(name), Then::Instrument(priority))
}

fn define_ins_template(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    image: GuestPtr<u8>,
    bytes: u32,
    _device: Item,
    _name: GuestPtr<CString>,
) -> Answer {
    if image.is_null() {
        return Err(codes::NULLADDRESS.into());
    }
    let bytes = cx.mem.read_bytes(image.addr(), bytes)?;
    k.load(cx, Source::Image(bytes), Then::Template)
}

fn create_ins_template(k: &mut Portfolio, cx: &mut CallCx<'_>, tags: GuestPtr<TagArg>) -> Answer {
    let source = template_source(cx.mem, own_tags(cx.mem, tags))?;
    k.load(cx, source, Then::Template)
}

fn unload_ins_template(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    template: Item,
) -> Result<i32, Trouble> {
    k.delete_by_call(cx, template, kind::TEMPLATE)
}

/// The template goes too, as the pages say, whoever loaded it.
fn unload_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
) -> Result<i32, Trouble> {
    let template = k.instrument(instrument)?.template;
    k.delete_by_call(cx, template, kind::TEMPLATE)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    blocking vec 1 LoadInsTemplate(name: GuestPtr<CString>, device: Item) -> Item
        = load_ins_template, cost 600;
    blocking vec 10 LoadInstrument(name: GuestPtr<CString>, device: Item, priority: u8) -> Item
        = load_instrument, cost 600;
    vec 23 UnloadInsTemplate(template: Item) -> Number = unload_ins_template, cost 400;
    vec 24 UnloadInstrument(instrument: Item) -> Number = unload_instrument, cost 400;
    blocking vec 26 DefineInsTemplate(
        image: GuestPtr<u8>, bytes: u32, device: Item, name: GuestPtr<CString>
    ) -> Item = define_ins_template, cost 600;
    blocking vec 45 CreateInsTemplate(tags: GuestPtr<TagArg>) -> Item
        = create_ins_template, cost 600;
}
