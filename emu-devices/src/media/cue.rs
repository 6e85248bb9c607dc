//! Cue sheets: tracks and the files that hold them.

use super::{Disc, Format, MediaError, Sectors, Source, Track, wave};

/// Most files and tracks of a sheet; a disc has at most 99 tracks.
const MOST: usize = 99;

/// A cue sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    files: Vec<CueFile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct CueFile {
    line: u32,
    name: String,
    is_wave: bool,
    tracks: Vec<CueTrack>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct CueTrack {
    line: u32,
    number: u8,
    sectors: Sectors,
    /// Silence that no file holds.
    pregap: u32,
    /// Where INDEX 00 is in the file, if it is given.
    index0: Option<u32>,
    /// Where INDEX 01 is in the file.
    index1: Option<u32>,
}

impl Sheet {
    /// Reads the text of a cue sheet.
    pub fn parse(text: &str) -> Result<Sheet, MediaError> {
        let mut files: Vec<CueFile> = Vec::new();
        let mut motorola = false;
        let mut tracks = 0;
        for (line, words) in (1..).zip(text.trim_start_matches('\u{FEFF}').lines()) {
            let bad = |why| MediaError::Cue { line, why };
            let (command, rest) = split(words.trim());
            let file = files.last_mut();
            match command.to_ascii_uppercase().as_str() {
                "FILE" => {
                    let (name, kind) = file_name(rest).ok_or(bad(
                        "FILE wants a name in quotes and a type, as in FILE \"game.bin\" BINARY",
                    ))?;
                    motorola = kind.eq_ignore_ascii_case("MOTOROLA");
                    let is_wave = kind.eq_ignore_ascii_case("WAVE");
                    if !motorola && !is_wave && !kind.eq_ignore_ascii_case("BINARY") {
                        return Err(bad(
                            "only files of type BINARY, MOTOROLA and WAVE can be read; convert the sound to WAVE",
                        ));
                    }
                    if files.len() >= MOST {
                        return Err(bad("more files than a disc has tracks"));
                    }
                    files.push(CueFile {
                        line,
                        name: name.to_owned(),
                        is_wave,
                        tracks: Vec::new(),
                    });
                }
                "TRACK" => {
                    let file = file.ok_or(bad("a TRACK before the first FILE"))?;
                    let (number, mode) = split(rest);
                    let number = number.parse().ok().filter(|n| (1..=99).contains(n));
                    let number = number.ok_or(bad("a track's number is 1 to 99"))?;
                    let sectors = match mode.trim().to_ascii_uppercase().as_str() {
                        "MODE1/2048" => Sectors::Data,
                        "MODE1/2352" | "MODE2/2352" => Sectors::Raw,
                        "MODE2/2336" => Sectors::Mode2,
                        "AUDIO" => Sectors::Audio { swapped: motorola },
                        _ => {
                            return Err(bad(
                                "a track is MODE1/2048, MODE1/2352, MODE2/2336, MODE2/2352 or AUDIO",
                            ));
                        }
                    };
                    if file.is_wave && sectors.is_data() {
                        return Err(bad("a WAVE file holds tracks of type AUDIO only"));
                    }
                    tracks += 1;
                    if tracks > MOST {
                        return Err(bad("more tracks than a disc has"));
                    }
                    file.tracks.push(CueTrack {
                        line,
                        number,
                        sectors,
                        pregap: 0,
                        index0: None,
                        index1: None,
                    });
                }
                "INDEX" => {
                    let track = file.and_then(|file| file.tracks.last_mut());
                    let track = track.ok_or(bad("an INDEX before the first TRACK"))?;
                    let (number, time) = split(rest);
                    let time = frames(time).ok_or(bad("an INDEX wants a time MM:SS:FF"))?;
                    match number.parse() {
                        Ok(0_u8) => track.index0 = Some(time),
                        Ok(1) => track.index1 = Some(time),
                        Ok(_) => {}
                        Err(_) => return Err(bad("an INDEX wants a number and a time MM:SS:FF")),
                    }
                }
                "PREGAP" => {
                    let track = file.and_then(|file| file.tracks.last_mut());
                    let track = track.ok_or(bad("a PREGAP before the first TRACK"))?;
                    track.pregap = frames(rest).ok_or(bad("a PREGAP wants a time MM:SS:FF"))?;
                }
                // Titles, catalogue numbers, flags and comments do not move a sector.
                _ => {}
            }
        }
        if tracks == 0 {
            return Err(MediaError::Cue {
                line: 1,
                why: "the cue sheet has no track",
            });
        }
        Ok(Sheet { files })
    }

    /// The names of the files that [`Sheet::disc`] wants, in its order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    /// The disc, given the files.
    pub fn disc(&self, sources: Vec<Box<dyn Source>>) -> Result<Disc, MediaError> {
        let samples = |(file, source): (&CueFile, _)| match file.is_wave {
            true => wave::samples(source).map_err(|why| MediaError::Cue {
                line: file.line,
                why,
            }),
            false => Ok(source),
        };
        let sources = self.files.iter().zip(sources).map(samples);
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        let mut tracks: Vec<Track> = Vec::new();
        // Frames of the disc before the file; the first track's INDEX 01 is frame 0.
        let mut before: i64 = 0;
        let mut first = None;
        for (number, file) in self.files.iter().enumerate() {
            let Some(source) = sources.get(number) else {
                return Err(MediaError::Cue {
                    line: file.line,
                    why: "the file is missing",
                });
            };
            let mut stored = Stored::default();
            let mut gaps: i64 = 0;
            for (index, track) in file.tracks.iter().enumerate() {
                let bad = |why| MediaError::Cue {
                    line: track.line,
                    why,
                };
                let start = track.index1.ok_or(bad("the track has no INDEX 01"))?;
                let begin = track.index0.unwrap_or(start);
                if begin > start || begin < stored.frame {
                    return Err(bad("the times of the tracks do not rise"));
                }
                if index == 0 {
                    stored.size = track.sectors.size();
                }
                stored.advance(begin);
                stored.size = track.sectors.size();
                let offset = stored.bytes_at(start);
                let left = source.length().checked_sub(offset);
                let left = left.ok_or(bad("the track begins past the end of its file"))?;
                let whole = start + u32::try_from(left / u64::from(stored.size)).unwrap_or(0);
                let end = match file.tracks.get(index + 1) {
                    Some(next) => next.index0.or(next.index1).unwrap_or(whole),
                    None => whole,
                };
                gaps += i64::from(track.pregap);
                let at = before + gaps + i64::from(start);
                let zero = *first.get_or_insert(at);
                tracks.push(Track {
                    number: track.number,
                    sectors: track.sectors,
                    start: u32::try_from(at - zero).map_err(|_| bad("the disc is too long"))?,
                    frames: end.min(whole).saturating_sub(start),
                    source: number,
                    offset,
                    stride: track.sectors.size(),
                });
                if index + 1 == file.tracks.len() {
                    before += gaps + i64::from(whole);
                }
            }
        }
        Ok(Disc {
            format: Format::Cue,
            sources,
            tracks,
        })
    }
}

/// How far a file has been measured: tracks of different sector sizes may follow each other.
#[derive(Default)]
struct Stored {
    frame: u32,
    bytes: u64,
    size: u32,
}

impl Stored {
    fn bytes_at(&self, frame: u32) -> u64 {
        self.bytes + u64::from(frame - self.frame) * u64::from(self.size)
    }

    fn advance(&mut self, frame: u32) {
        self.bytes = self.bytes_at(frame);
        self.frame = frame;
    }
}

/// The first word and the rest.
fn split(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (word, rest.trim_start())
}

/// A name, in quotes if it has spaces, and a type.
fn file_name(text: &str) -> Option<(&str, &str)> {
    let (name, kind) = match text.strip_prefix('"') {
        Some(quoted) => quoted.rsplit_once('"')?,
        None => text.trim_end().rsplit_once(char::is_whitespace)?,
    };
    let (name, kind) = (name.trim(), kind.trim());
    (!name.is_empty() && !kind.is_empty()).then_some((name, kind))
}

/// MM:SS:FF as frames.
fn frames(time: &str) -> Option<u32> {
    let mut parts = time.trim().split(':').map(|part| part.parse::<u32>().ok());
    let (minutes, seconds, frames) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = parts.next().is_none() && minutes < 1000 && seconds < 60 && frames < 75;
    fits.then(|| (minutes * 60 + seconds) * 75 + frames)
}
