//! The first instruction at which two ways to run a program part.
//!
//! Checksums say that two machines differ, not since when. Here both are run again, as often as
//! it takes, until the last instant at which they agree and the first at which they do not are
//! one tick apart: between the two lies one step, an instruction or what the kernel or a device
//! did.

use crate::cpu::REGISTER_NAMES;
use crate::device::Board;
use crate::machine::{MOMENT_PAGE, Machine, Moment};
use crate::time::Tick;
use serde::Serialize;
use std::fmt::Write;

/// Instants that are looked at in one go.
const FAN: u64 = 8;
/// Pages whose words are compared.
const PAGES: usize = 8;
/// Words of memory that are told.
const WORDS: usize = 12;

/// A way to make a run and to look at it.
pub trait Way {
    /// Why it cannot be looked at.
    type Error;

    /// The machine at these instants of one run, in rising order. A run that is over stays as it
    /// ended.
    fn look(&mut self, at: &[Tick], pages: bool) -> Result<Vec<Moment>, Self::Error>;

    /// The words of a page of memory at an instant.
    fn page(&mut self, at: Tick, page: u32) -> Result<Vec<u32>, Self::Error>;
}

/// A word of memory that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its address.
    pub addr: u32,
    /// What each of the two has there.
    pub values: (u32, u32),
}

/// The step at which two runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Before it, where they agree.
    pub before: Moment,
    /// After it.
    pub after: (Moment, Moment),
    /// Words of memory that differ after it; the first ones.
    pub words: Vec<Word>,
    /// Parts that differ from the start and therefore say nothing.
    pub ignored: Vec<String>,
}

/// Where `a` and `b` part between two instants; `None` if they agree at the later one. What
/// differs at the earlier one is left out of account.
pub fn parting<E>(
    a: &mut dyn Way<Error = E>,
    b: &mut dyn Way<Error = E>,
    (from, to): (Tick, Tick),
) -> Result<Option<Parting>, E> {
    let (mut low, mut high) = (from, to.max(from));
    let ignored = match both(a, b, &[low], false)?.pop() {
        Some((a, b)) => differing(&a, &b),
        None => return Ok(None),
    };
    let agree = |pair: &(Moment, Moment)| is_same(pair, &ignored);
    if both(a, b, &[high], false)?.iter().all(agree) {
        return Ok(None);
    }
    while high.0 - low.0 > 1 {
        let span = high.0 - low.0;
        let steps = span.min(FAN);
        let place = |n| Tick(low.0 + (u128::from(span) * u128::from(n) / u128::from(steps)) as u64);
        let at: Vec<Tick> = (1..steps).map(place).collect();
        let pairs = both(a, b, &at, false)?;
        let apart = pairs.iter().position(|pair| !agree(pair));
        let same = apart.unwrap_or(pairs.len());
        low = same
            .checked_sub(1)
            .and_then(|n| at.get(n).copied())
            .unwrap_or(low);
        high = apart.and_then(|n| at.get(n).copied()).unwrap_or(high);
    }
    let before = a.look(&[low], false)?.pop().unwrap_or_default();
    let mut after = both(a, b, &[high], true)?.pop().unwrap_or_default();
    let mut words = Vec::new();
    for page in differing_pages(&after).take(PAGES) {
        let (in_a, in_b) = (a.page(high, page)?, b.page(high, page)?);
        // What differed before is no news.
        let old = match ignored.is_empty() {
            true => (Vec::new(), Vec::new()),
            false => (a.page(low, page)?, b.page(low, page)?),
        };
        let was_apart = |n: usize| old.0.get(n) != old.1.get(n);
        let addresses = (page * MOMENT_PAGE..).step_by(4);
        let rows = addresses.zip(in_a.into_iter().zip(in_b)).enumerate();
        let news = rows.filter(|(n, (_, (a, b)))| a != b && !was_apart(*n));
        words.extend(news.map(|(_, (addr, values))| Word { addr, values }));
    }
    after.0.pages.clear();
    after.1.pages.clear();
    words.truncate(WORDS);
    Ok(Some(Parting {
        before,
        after,
        words,
        ignored,
    }))
}

fn both<E>(
    a: &mut dyn Way<Error = E>,
    b: &mut dyn Way<Error = E>,
    at: &[Tick],
    pages: bool,
) -> Result<Vec<(Moment, Moment)>, E> {
    let (a, b) = (a.look(at, pages)?, b.look(at, pages)?);
    Ok(a.into_iter().zip(b).collect())
}

/// The parts that differ, by name; one that only one of the two knows is none.
fn differing(a: &Moment, b: &Moment) -> Vec<String> {
    let rows = a.parts.iter();
    rows.filter(|(name, value)| b.parts.get(*name).is_some_and(|other| other != *value))
        .map(|(name, _)| name.clone())
        .collect()
}

fn is_same((a, b): &(Moment, Moment), ignored: &[String]) -> bool {
    let is_counted = |name: &String| !ignored.contains(name);
    (a.at, a.ended, a.task, &a.registers) == (b.at, b.ended, b.task, &b.registers)
        && !differing(a, b).iter().any(is_counted)
}

fn differing_pages((a, b): &(Moment, Moment)) -> impl Iterator<Item = u32> + use<> {
    let rows = (0..).zip(a.pages.iter().zip(&b.pages));
    let pages: Vec<u32> = rows.filter(|(_, (a, b))| a != b).map(|(n, _)| n).collect();
    pages.into_iter()
}

impl Parting {
    /// In words, a line each; `names` are what the two ways are called.
    pub fn lines(&self, names: (&str, &str)) -> Vec<String> {
        let Parting { before, after, .. } = self;
        let mut lines = vec![format!(
            "the same up to cycle {}, {} s",
            before.at.0, before.at
        )];
        lines.push(match (before.busy, before.disassembled(), before.pc()) {
            (false, Some(instruction), Some(pc)) => format!(
                "then {} ({:?}) at {pc:#x}: {instruction}",
                before.name, before.task
            ),
            (true, ..) => "then the kernel or a device at work".to_owned(),
            _ => "then no task: what comes from devices or from outside".to_owned(),
        });
        let (a, b) = after;
        let mut row = |what: &str, a: String, b: String| {
            if a != b {
                lines.push(format!("{what}: {} {a}, {} {b}", names.0, names.1));
            }
        };
        row("clock", a.at.0.to_string(), b.at.0.to_string());
        row("over", a.ended.to_string(), b.ended.to_string());
        row("task", format!("{:?}", a.task), format!("{:?}", b.task));
        let registers = a.registers.iter().zip(&b.registers);
        for (name, (a, b)) in REGISTER_NAMES.iter().zip(registers) {
            row(name, format!("{a:#x}"), format!("{b:#x}"));
        }
        for Word { addr, values } in &self.words {
            let (a, b) = values;
            row(
                &format!("word at {addr:#x}"),
                format!("{a:#010x}"),
                format!("{b:#010x}"),
            );
        }
        let parts: Vec<String> = differing(a, b)
            .into_iter()
            .filter(|name| !self.ignored.contains(name))
            .collect();
        if !parts.is_empty() {
            lines.push(format!("parts that differ: {}", parts.join(", ")));
        }
        if !self.ignored.is_empty() {
            let mut line = String::new();
            let _ = write!(
                line,
                "not compared, different from the start: {}",
                self.ignored.join(", ")
            );
            lines.push(line);
        }
        lines
    }
}

/// A machine in this program that is run again from its start, or from where it was looked at.
pub struct Rerun<B, R> {
    start: Kept<B>,
    kept: Vec<Kept<B>>,
    run: R,
}

/// A machine that was run up to an instant, which it may have passed by a part of a step.
#[derive(Clone)]
struct Kept<B> {
    asked: Tick,
    ended: bool,
    machine: Machine<B>,
}

impl<B, R> Rerun<B, R>
where
    B: Board + Clone + Serialize,
    R: FnMut(&mut Machine<B>, Tick, Tick) -> bool,
{
    /// Begins with `machine`; `run` runs it from the first instant to the second and says
    /// whether the run is over.
    pub fn new(machine: Machine<B>, run: R) -> Rerun<B, R> {
        let start = Kept {
            asked: Tick::default(),
            ended: false,
            machine,
        };
        Rerun {
            start,
            kept: Vec::new(),
            run,
        }
    }

    /// The nearest machine that has not passed `at`.
    fn near(&self, at: Tick) -> Kept<B> {
        let usable = self.kept.iter().filter(|kept| kept.asked <= at);
        usable
            .max_by_key(|kept| kept.asked)
            .unwrap_or(&self.start)
            .clone()
    }

    fn advance(&mut self, kept: &mut Kept<B>, to: Tick) {
        if !kept.ended && kept.asked < to {
            kept.ended = (self.run)(&mut kept.machine, kept.asked, to);
        }
        kept.asked = to;
    }
}

impl<B, R> Way for Rerun<B, R>
where
    B: Board + Clone + Serialize,
    R: FnMut(&mut Machine<B>, Tick, Tick) -> bool,
{
    type Error = std::convert::Infallible;

    fn look(&mut self, at: &[Tick], pages: bool) -> Result<Vec<Moment>, Self::Error> {
        let first = at.first().copied().unwrap_or_default();
        let mut kept = self.near(first);
        // Where the search goes on is behind the nearest one.
        let mut all = vec![kept.clone()];
        let mut moments = Vec::new();
        for &to in at {
            self.advance(&mut kept, to);
            moments.push(kept.machine.moment(kept.ended, pages));
            all.push(kept.clone());
        }
        self.kept = all;
        Ok(moments)
    }

    fn page(&mut self, at: Tick, page: u32) -> Result<Vec<u32>, Self::Error> {
        let mut kept = self.near(at);
        self.advance(&mut kept, at);
        Ok(kept.machine.words_of_page(page))
    }
}
