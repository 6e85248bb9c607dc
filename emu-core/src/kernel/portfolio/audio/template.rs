//! Instrument templates: from files, from memory, from descriptions.
//!
//! Audio sheet 4.1, 3.2 for the names of files.
//!
//! ```text
//! LoadInsTemplate ── the file ── is something imported that nobody exports?
//!                                    yes: the file of that name ── ...
//!                                    no:  a program, an item
//! ```

mod builtin;
mod calls;
mod own;

pub use self::builtin::{standard_instrument, standard_instruments};
pub(in crate::kernel::portfolio) use self::calls::CALLS;

use super::program::{Origin, ProgramId};
use super::{AudioFile, AudioStep, codes, items::kind};
use crate::kernel::abi::{IntoReply, Trouble};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::tags::CommonTags;
use crate::loader::aiff::Aiff;
use crate::loader::dsp_file::{Damage, DspError, DspFile};
use serde::{Deserialize, Serialize};

/// Files that one template may need.
const MOST_FILES: usize = 8;
/// Lines about instruments that are said once.
const MOST_ANNOUNCED: usize = 256;
/// Marks that it was said that instruments are built in; no text of a file's.
const BUILT_IN: &str = "built-in";
/// Directory of the folio's files.
const AUDIO_DIRECTORY: &[u8] = b"$audio/";

/// A template item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Template {
    pub program: ProgramId,
    /// What its instruments are tuned to unless they are tuned themselves.
    pub tuning: Option<Item>,
    /// The envelopes and samples that came with its file.
    own: Vec<Item>,
}

/// What comes of a template once its files are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Then {
    /// Its item is the result.
    Template,
    /// An instrument of this priority is.
    Instrument(u8),
}

/// What a file is read for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFile {
    /// Whose call it is.
    task: Item,
    then: Then,
    /// The name of the file that is being read.
    wanted: Vec<u8>,
    /// What was read before: the template's own file, then what it imports from.
    files: Vec<DspFile>,
    /// Where all of these are from.
    origin: Origin,
}

/// The error code of a damaged file.
fn damage_code(error: DspError) -> Status {
    match error.why {
        Damage::NotAnInstrument => codes::BADFILETYPE,
        Damage::ResourceType(_) => codes::BADRSRCTYPE,
        Damage::ResourceIndex(_) => codes::BADRLOCINDX,
        Damage::Relocation => codes::RELOCATION,
        Damage::Attribute(_) => codes::RSRCATTR,
        Damage::KnobResource => codes::BADKNOBRSRC,
        Damage::Conversion(_) => codes::BADCALCTYPE,
        Damage::CutOff | Damage::Missing(_) | Damage::Twice(_) | Damage::BadRecord(_) => {
            codes::BADOFX
        }
    }
}

/// Where a file of the folio's may be (audio sheet 3.2).
pub(super) fn places_of(name: &[u8]) -> Vec<Vec<u8>> {
    let mut places = vec![name.to_vec()];
    if name.starts_with(b"/") || name.starts_with(b"$") || name.starts_with(b"^") {
        return places;
    }
    places.push([AUDIO_DIRECTORY, name].concat());
    let last = name.rsplit(|&c| c == b'/').next().unwrap_or_default();
    if let Some(dot) = last.iter().rposition(|&c| c == b'.')
        && let Some(suffix) = last.get(dot + 1..).filter(|suffix| !suffix.is_empty())
    {
        places.push([AUDIO_DIRECTORY, suffix, b"/", name].concat());
    }
    places
}

/// Whether a file is not there, rather than unreadable.
fn is_absent(error: Status) -> bool {
    // No such file, directory or volume, a name that none can have, no disc.
    let code = error.0 as u32;
    matches!(code, 0xD556_F101..=0xD556_F104 | 0xD556_F00E | 0xD556_F013)
}

impl Portfolio {
    /// A wanted file has come, or cannot be had.
    pub(super) fn template_file(
        &mut self,
        cx: &mut CallCx<'_>,
        wanted: &TemplateFile,
        file: Result<Vec<u8>, Status>,
    ) -> Result<AudioStep, Trouble> {
        let mut load = wanted.clone();
        let is_library = !load.files.is_empty();
        let parsed = match file {
            Ok(bytes) => self.parse_template(cx, &bytes)?,
            Err(error) if is_absent(error) && is_library => {
                self.tell_missing_routine(cx, &load);
                return Err(codes::EXTERNALREF.into());
            }
            Err(error) if is_absent(error) => {
                let standard = builtin::find(&load.wanted).ok_or(codes::BADFILENAME)?;
                self.announce_builtin(cx, standard.name());
                load.origin = Origin::BuiltIn;
                standard.file()
            }
            Err(_) => return Err(codes::BADFILEIO.into()),
        };
        load.files.push(parsed);
        self.go_on_loading(cx, load)
    }

    fn parse_template(&mut self, cx: &mut CallCx<'_>, bytes: &[u8]) -> Result<DspFile, Status> {
        cx.charge.0 += bytes.len() as u64 * 4;
        let file = DspFile::parse(bytes).map_err(|error| {
            self.warn(cx, error.to_string());
            damage_code(error)
        })?;
        for sample in &file.samples {
            Aiff::parse(&sample.file).map_err(|error| {
                self.warn(cx, format!("a sample in an instrument file: {error}"));
                Status::from(error)
            })?;
        }
        Ok(file)
    }

    /// Asks for the next file that is needed, or makes the items.
    fn go_on_loading(
        &mut self,
        cx: &mut CallCx<'_>,
        mut load: TemplateFile,
    ) -> Result<AudioStep, Trouble> {
        let programs = &self.audio.instruments.programs;
        while let Some(import) = programs.missing_import(&load.files, load.origin) {
            let name = [&import.to_ascii_lowercase()[..], b".dsp"].concat();
            // A file that does not export what it was read for would be read again.
            if load.files.len() >= MOST_FILES || load.wanted == name {
                return Err(codes::EXTERNALREF.into());
            }
            load.wanted = name;
            match load.origin {
                Origin::File => {
                    let places = places_of(&load.wanted);
                    return Ok(AudioStep::Fetch(places, AudioFile::Template(load)));
                }
                Origin::BuiltIn => {
                    let standard = builtin::find(&load.wanted);
                    load.files.push(standard.ok_or(codes::EXTERNALREF)?.file());
                }
            }
        }
        let template = self.new_template(cx, load.files, load.origin, load.task)?;
        self.gain(load.task, Resource::Owned(template));
        let result = match load.then {
            Then::Template => template,
            Then::Instrument(priority) => {
                match self.new_instrument(cx, template, priority.into(), load.task) {
                    Ok(instrument) => {
                        self.gain(load.task, Resource::Owned(instrument));
                        instrument
                    }
                    Err(error) => {
                        self.delete_audio_item(cx, template);
                        self.lose(load.task, Resource::Owned(template));
                        return Err(error.into());
                    }
                }
            }
        };
        Ok(AudioStep::Done(result.into_reply()))
    }

    /// A template item of files that need no other.
    fn new_template(
        &mut self,
        cx: &mut CallCx<'_>,
        files: Vec<DspFile>,
        origin: Origin,
        owner: Item,
    ) -> Result<Item, Status> {
        let program = self.keep_program(cx.mem, files, origin)?;
        let item = match self.new_audio_item(cx.mem, kind::TEMPLATE, CommonTags::default(), owner) {
            Ok(item) => item,
            Err(error) => {
                self.leave_program(program);
                return Err(error);
            }
        };
        let template = Template {
            program,
            tuning: None,
            own: Vec::new(),
        };
        self.audio.instruments.templates.insert(item, template);
        if let Err(error) = self.attach_own(cx, item, owner) {
            self.delete_template(cx, item);
            return Err(error);
        }
        Ok(item)
    }

    /// A template of the bytes of a file in memory.
    pub(super) fn define_template(
        &mut self,
        cx: &mut CallCx<'_>,
        bytes: &[u8],
        then: &TemplateFile,
    ) -> Result<AudioStep, Trouble> {
        let mut load = then.clone();
        load.files = vec![self.parse_template(cx, bytes)?];
        self.go_on_loading(cx, load)
    }

    /// The end of a template, of its instruments and of what belongs to them.
    pub(super) fn delete_template(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let world = &self.audio.instruments;
        let instruments = world.instruments.iter();
        let of_it: Vec<Item> = instruments
            .filter(|(_, instrument)| instrument.template == item)
            .map(|(&instrument, _)| instrument)
            .collect();
        cx.charge.0 += of_it.len() as u64 * 100;
        for instrument in of_it {
            self.delete_child(cx, instrument);
        }
        self.delete_attachments_of(cx, item);
        if let Some(template) = self.audio.instruments.templates.remove(&item) {
            for own in template.own {
                if self.envelope(own).is_ok() || self.sample(own).is_ok() {
                    self.delete_child(cx, own);
                }
            }
            self.leave_program(template.program);
        }
        self.free_item(cx.mem, item);
    }

    /// The end of an item together with what it belongs to.
    pub(super) fn delete_child(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let owner = self.owner_of(cx.mem, item);
        self.delete_audio_item(cx, item);
        self.lose(owner, Resource::Owned(item));
    }

    /// Says at the first instrument of which there is no file that such are built in.
    fn announce_builtin(&mut self, cx: &mut CallCx<'_>, name: &str) {
        if self.audio.instruments.announced.insert(BUILT_IN.to_owned()) {
            let text = format!(
                "there is no file \"{name}\": standard instruments are built in here, \
                 a console reads them from the disc"
            );
            self.remark(cx, text);
        }
    }

    /// Says that a file imports a routine of which there is no file; a built-in one is no
    /// substitute, for it is called in another way.
    fn tell_missing_routine(&mut self, cx: &mut CallCx<'_>, load: &TemplateFile) {
        let user = load.files.first().map(|file| &file.name[..]);
        let user = String::from_utf8_lossy(user.unwrap_or_default());
        let wanted = String::from_utf8_lossy(&load.wanted);
        let why = match builtin::find(&load.wanted) {
            Some(_) => "; the one that is built in is for built-in instruments only",
            None => "",
        };
        let text = format!(
            "the instrument file \"{user}\" imports a routine, \
             and there is no file \"{wanted}\" with it{why}"
        );
        self.warn_once(cx, text);
    }

    /// Warns of something about instruments, once.
    fn warn_once(&mut self, cx: &mut CallCx<'_>, text: String) {
        let announced = &mut self.audio.instruments.announced;
        // Names are a guest's to invent.
        if announced.len() < MOST_ANNOUNCED && announced.insert(text.clone()) {
            self.warn(cx, text);
        }
    }

    /// What a template can be asked for: nothing.
    pub(super) fn template_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
    ) -> Result<Option<u32>, Status> {
        Err(codes::UNIMPLEMENTED)
    }

    /// What of a template can be changed: nothing.
    pub(super) fn set_template_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
        _value: u32,
    ) -> Result<(), Status> {
        Err(codes::UNIMPLEMENTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_looked_for_here_then_among_the_folios_then_by_its_suffix() {
        let places = |name: &str| -> Vec<String> {
            let places = places_of(name.as_bytes()).into_iter();
            places.map(|p| String::from_utf8(p).unwrap()).collect()
        };
        assert_eq!(
            places("saw.dsp"),
            ["saw.dsp", "$audio/saw.dsp", "$audio/dsp/saw.dsp"]
        );
        assert_eq!(places("saw"), ["saw", "$audio/saw"]);
        assert_eq!(places("a.b/saw"), ["a.b/saw", "$audio/a.b/saw"]);
        assert_eq!(places("saw."), ["saw.", "$audio/saw."]);
        assert_eq!(places("$dsp/saw.dsp"), ["$dsp/saw.dsp"]);
        assert_eq!(places("/cd/saw.dsp"), ["/cd/saw.dsp"]);
    }
}
