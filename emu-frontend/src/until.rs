//! The conditions that end a run: `--until`.

use emu_core::time::{CPU_HZ, Tick, Video};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Simulated seconds after which a run ends that was not told when.
pub const DEFAULT_LIMIT_SECONDS: u64 = 600;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// The guest ends.
    Exit,
    /// Nothing can wake the guest.
    Stuck,
    /// This vertical blank, counted from 1, begins.
    Vblank(u64),
    /// The clock shows this instant.
    Time(Tick),
    /// The guest has printed this.
    Text(String),
}

/// A condition that is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadCondition {
    /// Not one of the five.
    #[error("there is no such condition; use exit, stuck, vbl:N, time:SECONDS or text:STRING")]
    Unknown,
    /// No number of a vertical blank.
    #[error("vertical blanks are whole numbers from 1")]
    Vblank,
    /// No time.
    #[error("a time is a decimal number of seconds, such as 1.5")]
    Time,
    /// Nothing to look for.
    #[error("the text is empty")]
    Text,
}

impl FromStr for Until {
    type Err = BadCondition;

    fn from_str(condition: &str) -> Result<Until, BadCondition> {
        let (kind, value) = match condition.split_once(':') {
            Some((kind, value)) => (kind, Some(value)),
            None => (condition, None),
        };
        match (kind, value) {
            ("exit", None) => Ok(Until::Exit),
            ("stuck", None) => Ok(Until::Stuck),
            ("vbl", Some(value)) => match value.parse() {
                Ok(count @ 1..=0xFFFF_FFFF) => Ok(Until::Vblank(count)),
                _ => Err(BadCondition::Vblank),
            },
            ("time", Some(value)) => ticks(value).map(Until::Time).ok_or(BadCondition::Time),
            ("text", Some("")) => Err(BadCondition::Text),
            ("text", Some(value)) => Ok(Until::Text(value.to_owned())),
            _ => Err(BadCondition::Unknown),
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Until::Exit => f.write_str("exit"),
            Until::Stuck => f.write_str("stuck"),
            Until::Vblank(count) => write!(f, "vbl:{count}"),
            Until::Time(at) => write!(f, "time:{at}"),
            Until::Text(text) => write!(f, "text:{text}"),
        }
    }
}

/// The first tick at or after a decimal number of seconds, computed in integers.
fn ticks(seconds: &str) -> Option<Tick> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    // A tick has at most eight decimals; what lies beyond eighteen only rounds up.
    let (fraction, rest) = fraction.split_at(fraction.len().min(18));
    let scale = 10_u128.pow(fraction.len() as u32);
    let number = |text: &str| match text {
        "" => Some(0_u128),
        text => text.parse().ok(),
    };
    let whole = number(whole).filter(|&whole| whole <= 1_000_000_000_000)?;
    let scaled = whole * scale + number(fraction)?;
    let cycles = scaled * u128::from(CPU_HZ);
    let ticks = cycles.div_ceil(scale);
    let beyond = rest.bytes().any(|byte| byte != b'0') && cycles.is_multiple_of(scale);
    u64::try_from(ticks + u128::from(beyond)).ok().map(Tick)
}

/// All conditions of a run; the first that is met ends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions(pub Vec<Until>);

impl Conditions {
    /// The instant that ends the run, and the condition it belongs to; none is the default
    /// limit. `exit` and `stuck` wait for ever; a text that never comes should not.
    pub fn limit(&self, video: Video) -> (Tick, Option<&Until>) {
        let timed = self.0.iter().filter_map(|until| match until {
            Until::Time(at) => Some((*at, Some(until))),
            Until::Vblank(count) => Some((video.field_start(*count), Some(until))),
            _ => None,
        });
        let default = if self.patient() {
            Tick::NEVER
        } else {
            Tick(DEFAULT_LIMIT_SECONDS * CPU_HZ)
        };
        timed.min_by_key(|(at, _)| *at).unwrap_or((default, None))
    }

    /// Whether the run may go on for ever.
    fn patient(&self) -> bool {
        self.0
            .iter()
            .any(|until| matches!(until, Until::Exit | Until::Stuck))
    }

    /// The texts to look for.
    pub fn texts(&self) -> Vec<TextMatcher> {
        self.0
            .iter()
            .filter_map(|until| match until {
                Until::Text(text) => Some(TextMatcher::new(text)),
                _ => None,
            })
            .collect()
    }
}

/// Looks for a text that arrives in pieces.
#[derive(Clone, Debug)]
pub struct TextMatcher {
    text: String,
    /// The end of what has arrived, shorter than the text.
    tail: Vec<u8>,
    found: bool,
}

impl TextMatcher {
    /// Looks for `text`.
    pub fn new(text: &str) -> TextMatcher {
        TextMatcher {
            text: text.to_owned(),
            tail: Vec::new(),
            found: false,
        }
    }

    /// What it looks for.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has arrived.
    pub fn found(&self) -> bool {
        self.found
    }

    /// Takes the next piece.
    pub fn feed(&mut self, piece: &str) {
        let wanted = self.text.as_bytes();
        self.tail.extend_from_slice(piece.as_bytes());
        self.found |= self
            .tail
            .windows(wanted.len().max(1))
            .any(|window| window == wanted);
        let surplus = (self.tail.len() + 1).saturating_sub(wanted.len());
        self.tail.drain(..surplus.min(self.tail.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Result<Until, BadCondition> {
        format!("time:{text}").parse()
    }

    #[test]
    fn conditions_are_read_and_written() {
        for text in ["exit", "stuck", "vbl:12", "time:1.500000", "text:a: b"] {
            let until: Until = text.parse().expect(text);
            assert_eq!(until.to_string(), text);
        }
    }

    #[test]
    fn bad_conditions_are_refused() {
        for (text, error) in [
            ("", BadCondition::Unknown),
            ("exit:1", BadCondition::Unknown),
            ("sometime", BadCondition::Unknown),
            ("vbl:0", BadCondition::Vblank),
            ("vbl:-1", BadCondition::Vblank),
            ("vbl:99999999999", BadCondition::Vblank),
            ("time:", BadCondition::Time),
            ("time:.", BadCondition::Time),
            ("time:-1", BadCondition::Time),
            ("time:1e3", BadCondition::Time),
            ("time:inf", BadCondition::Time),
            (
                "time:99999999999999999999999999999999999999999999",
                BadCondition::Time,
            ),
            ("text:", BadCondition::Text),
        ] {
            assert_eq!(text.parse::<Until>(), Err(error), "{text}");
        }
    }

    #[test]
    fn times_are_exact_ticks() {
        assert_eq!(time("1"), Ok(Until::Time(Tick(12_500_000))));
        assert_eq!(time("0.00000008"), Ok(Until::Time(Tick(1))));
        assert_eq!(time("0.00000009"), Ok(Until::Time(Tick(2))));
        assert_eq!(time("0.1"), Ok(Until::Time(Tick(1_250_000))));
        assert_eq!(time(".5"), Ok(Until::Time(Tick(6_250_000))));
        assert_eq!(time("2."), Ok(Until::Time(Tick(25_000_000))));
        assert_eq!(time("0.0000000800000000000001"), Ok(Until::Time(Tick(2))));
        assert_eq!(time("3600"), Ok(Until::Time(Tick(45_000_000_000))));
    }

    #[test]
    fn the_earliest_instant_is_the_limit() {
        let limit = |list: &[&str]| {
            let list = list.iter().map(|text| text.parse().expect("valid"));
            Conditions(list.collect()).limit(Video::Pal).0
        };
        assert_eq!(limit(&[]), Tick(600 * CPU_HZ));
        assert_eq!(limit(&["text:x"]), Tick(600 * CPU_HZ));
        assert_eq!(limit(&["exit"]), Tick::NEVER);
        assert_eq!(limit(&["time:700"]), Tick(700 * CPU_HZ));
        assert_eq!(limit(&["time:1", "vbl:2"]), Tick(500_000));
        assert_eq!(limit(&["text:x", "time:900"]), Tick(900 * CPU_HZ));
    }

    #[test]
    fn text_is_found_across_pieces() {
        let mut matcher = TextMatcher::new("slept\n");
        for piece in ["s", "l", "slep", "t"] {
            matcher.feed(piece);
            assert!(!matcher.found());
        }
        matcher.feed("\nmore");
        assert!(matcher.found());
        let mut matcher = TextMatcher::new("aab");
        matcher.feed("aa");
        matcher.feed("ab");
        assert!(matcher.found());
        let mut matcher = TextMatcher::new("x");
        matcher.feed("");
        matcher.feed("abcx");
        assert!(matcher.found());
    }
}
