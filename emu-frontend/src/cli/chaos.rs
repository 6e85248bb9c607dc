//! Options of `run` that disturb it.

use clap::Args;
use emu_core::chaos::Chaos;

/// What a run that looks for races changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct DisturbArgs {
    /// Look for races: hold completions of devices back for times that follow from SEED; some
    /// seeds have a drive that takes no time, or shorter turns of tasks.
    #[arg(long, value_name = "SEED")]
    pub chaos: Option<u64>,
    /// With --chaos, let a read of the drive fail once in a while.
    #[arg(long, requires = "chaos")]
    pub chaos_media: bool,
    /// With --chaos, disturb only the requests with these numbers, as a recording counts them;
    /// `none` leaves all in peace.
    #[arg(long, requires = "chaos", value_name = "N,N", value_parser = only)]
    pub chaos_only: Option<Only>,
}

/// The numbers of requests, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only(pub Vec<u64>);

impl DisturbArgs {
    /// The options of a disturbance.
    pub fn of(chaos: &Chaos) -> DisturbArgs {
        DisturbArgs {
            chaos: Some(chaos.seed),
            chaos_media: chaos.media,
            chaos_only: chaos.only.clone().map(Only),
        }
    }

    /// What they ask for.
    pub fn chaos(&self) -> Option<Chaos> {
        Some(Chaos {
            seed: self.chaos?,
            media: self.chaos_media,
            only: self.chaos_only.clone().map(|only| only.0),
        })
    }

    /// They as words.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(seed) = self.chaos {
            words.extend(["--chaos".to_owned(), seed.to_string()]);
        }
        if self.chaos_media {
            words.push("--chaos-media".to_owned());
        }
        if let Some(Only(numbers)) = &self.chaos_only {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            let list = match numbers.as_slice() {
                [] => "none".to_owned(),
                numbers => numbers.join(","),
            };
            words.extend(["--chaos-only".to_owned(), list]);
        }
        words
    }
}

fn only(word: &str) -> Result<Only, String> {
    if word == "none" {
        return Ok(Only::default());
    }
    let numbers: Result<Vec<u64>, _> = word.split(',').map(str::parse).collect();
    let mut numbers = numbers.map_err(|_| "use numbers with commas between, or none".to_owned())?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(Only(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Command, parse};
    use std::ffi::OsString;

    fn parsed(words: &[&str]) -> Option<DisturbArgs> {
        let words = ["overture", "run"].iter().chain(words);
        match parse(words.map(OsString::from)).ok()?.command {
            Some(Command::Run(args)) => Some(args.chaos),
            _ => None,
        }
    }

    #[test]
    fn the_words_of_a_disturbance_are_read_as_the_same_one() {
        for only in [None, Some(vec![]), Some(vec![3]), Some(vec![3, 70])] {
            for media in [false, true] {
                let seed = 99;
                let chaos = Chaos {
                    seed,
                    media,
                    only: only.clone(),
                };
                let words = DisturbArgs::of(&chaos).words();
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                assert_eq!(parsed(&words).and_then(|args| args.chaos()), Some(chaos));
            }
        }
    }

    #[test]
    fn without_a_seed_there_is_no_disturbance() {
        assert_eq!(parsed(&[]).map(|args| args.chaos()), Some(None));
        assert_eq!(parsed(&["--chaos-media"]), None);
        assert_eq!(parsed(&["--chaos-only", "3"]), None);
        assert_eq!(parsed(&["--chaos", "1", "--chaos-only", "x"]), None);
    }
}
