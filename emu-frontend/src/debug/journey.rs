//! A command that lets time pass, done in parts.

use super::commands::{address, number};
use super::going::{STEPS_MAX, Way, answer, instant};
use super::{Answer, Debugging};
use emu_core::cpu::{Operation, decode};
use emu_core::debug::{Expression, Halt, On, StopPoints, WayBack, call_stack};
use emu_core::mem::Range;
use emu_core::time::{Tick, Ticks};
use std::io::Write;

/// What is left to do.
#[derive(Clone, Debug)]
enum Left {
    /// Nothing: it has stopped already.
    Nothing(Halt),
    /// Going on to an instant, heeding breakpoints.
    Run(Tick),
    /// Going on to an instant, heeding none.
    Goto(Tick),
    /// So many instructions.
    Steps(u64),
    /// So many instructions back.
    Backs(u64),
    /// Back to the last thing that breakpoints wait for.
    Reverse(WayBack),
    /// Back to the last thing that one breakpoint waits for, which is no other's.
    Only(StopPoints, WayBack),
}

/// A command under way.
#[derive(Clone, Debug)]
pub struct Journey {
    left: Left,
    /// A breakpoint for this command only, and whether reaching it is nothing to speak of.
    own: Option<(u32, bool)>,
    /// What to say when the beginning is reached.
    nothing: Option<String>,
}

impl Journey {
    /// Begins with a command.
    pub fn begin<W: Write, E: Write>(
        debugging: &mut Debugging<'_, W, E>,
        way: Way,
        rest: &str,
    ) -> Result<Journey, String> {
        let times = |rest: &str| match rest {
            "" => Ok(1),
            rest => number(rest).map(|times| times.min(STEPS_MAX)),
        };
        Ok(match way {
            Way::Run if rest.is_empty() => Journey::to(Left::Run(Tick::NEVER)),
            Way::Run => Journey::to(Left::Run(instant(debugging, rest)?)),
            Way::Step => Journey::to(Left::Steps(times(rest)?)),
            Way::Back => Journey::to(Left::Backs(times(rest)?)),
            Way::Next => debugging.next(),
            Way::Finish => {
                let (back, sp) = debugging.caller()?;
                debugging.run_to_address(back, sp)
            }
            Way::Call => debugging.next_call(),
            Way::Completion => debugging.run_to(On::Kind("complete".to_owned())),
            Way::Field => {
                let fields = if rest.is_empty() { 1 } else { number(rest)? };
                let field = debugging.debugger.machine().fields().saturating_add(fields);
                Journey::to(Left::Run(debugging.video.field_start(field)))
            }
            Way::Reverse => Journey::to(Left::Reverse(debugging.debugger.way_back())),
            Way::Origin => {
                let (back, _) = debugging.caller()?;
                let task = debugging.present().map(|(name, ..)| name);
                Journey::only(debugging, On::Address(back.wrapping_sub(4)), task)
            }
            Way::Writer => {
                let (place, length) = rest.split_once(' ').unwrap_or((rest, "4"));
                let start = address(debugging, place)?;
                let length = number(length.trim())?;
                let length = u32::try_from(length).map_err(|_| "that is too long")?;
                let range = Range::new(start, length.max(1));
                Journey {
                    nothing: Some(format!(
                        "nothing has written to {start:#x} since the start\n"
                    )),
                    ..Journey::only(debugging, On::Write(range), None)
                }
            }
            Way::Goto => Journey::to(Left::Goto(instant(debugging, rest)?)),
        })
    }

    /// To an instant, or the first breakpoint before.
    pub fn run(to: Tick) -> Journey {
        Journey::to(Left::Run(to))
    }

    /// To an instant in either direction.
    pub fn goto(at: Tick) -> Journey {
        Journey::to(Left::Goto(at))
    }

    /// Back to the last thing that one breakpoint waits for.
    fn only<W: Write, E: Write>(
        debugging: &Debugging<'_, W, E>,
        on: On,
        task: Option<String>,
    ) -> Journey {
        let mut points = StopPoints::default();
        points.add(on, task, None);
        Journey::to(Left::Only(points, debugging.debugger.way_back()))
    }

    fn to(left: Left) -> Journey {
        Journey {
            left,
            own: None,
            nothing: None,
        }
    }

    /// Whether it goes back: that may take a while.
    pub fn is_backwards<W: Write, E: Write>(&self, debugging: &Debugging<'_, W, E>) -> bool {
        match &self.left {
            Left::Reverse(_) | Left::Only(..) | Left::Backs(_) => true,
            Left::Goto(at) => *at < debugging.debugger.position().at,
            Left::Nothing(_) | Left::Run(_) | Left::Steps(_) => false,
        }
    }

    /// Goes on for so much time, or so many single steps; the answer at its end.
    pub fn advance<W: Write, E: Write>(
        &mut self,
        debugging: &mut Debugging<'_, W, E>,
        time: Ticks,
        steps: u64,
    ) -> Option<Answer> {
        let mut halt = self.go(debugging, time, steps)?;
        if let Some((number, is_silent)) = self.own.take() {
            debugging.debugger.points.remove(number);
            if is_silent && matches!(halt, Halt::Address(reached) if reached == number) {
                halt = Halt::Stepped;
            }
        }
        debugging.place_symbols();
        let mut answer = answer(debugging, &halt);
        if let Some(nothing) = self.nothing.take().filter(|_| halt == Halt::Start) {
            answer.text.insert_str(0, &nothing);
        }
        debugging.halt = Some(halt);
        Some(answer)
    }

    /// Gives up where it is.
    pub fn stop<W: Write, E: Write>(mut self, debugging: &mut Debugging<'_, W, E>) -> Answer {
        if let (Some((number, _)), Left::Run(_)) = (self.own.take(), &self.left) {
            debugging.debugger.points.remove(number);
        }
        debugging.halt = Some(Halt::There);
        debugging.place_symbols();
        answer(debugging, &Halt::There)
    }

    fn go<W: Write, E: Write>(
        &mut self,
        debugging: &mut Debugging<'_, W, E>,
        time: Ticks,
        steps: u64,
    ) -> Option<Halt> {
        let discs = debugging.discs;
        let now = debugging.debugger.position().at;
        let soon = Tick(now.0.saturating_add(time.0));
        match &mut self.left {
            Left::Nothing(halt) => Some(halt.clone()),
            Left::Run(to) => {
                let part = soon.min(*to);
                let halt = debugging.debugger.run(part, discs, &mut debugging.sink);
                Some(halt).filter(|halt| *halt != Halt::There || part >= *to)
            }
            Left::Goto(to) => {
                let part = match *to < now {
                    true => {
                        let kept = debugging.debugger.history().last_before(*to);
                        Tick(kept.0.saturating_add(time.0)).min(*to)
                    }
                    false => soon.min(*to),
                };
                let halt = debugging.debugger.goto(part, discs, &mut debugging.sink);
                Some(halt).filter(|halt| *halt != Halt::There || part >= *to)
            }
            Left::Steps(left) => {
                let mut halt = Halt::Stepped;
                for _ in 0..steps.min(*left) {
                    halt = debugging.debugger.step(discs, &mut debugging.sink);
                    if halt != Halt::Stepped {
                        return Some(halt);
                    }
                }
                *left = left.saturating_sub(steps);
                (*left == 0).then_some(halt)
            }
            Left::Backs(left) => {
                let mut halt = Halt::Stepped;
                for _ in 0..steps.min(*left) {
                    halt = debugging.debugger.step_back(discs);
                    if halt != Halt::Stepped {
                        return Some(halt);
                    }
                }
                *left = left.saturating_sub(steps);
                (*left == 0).then_some(halt)
            }
            Left::Reverse(way) => debugging.debugger.run_back_part(way, discs),
            Left::Only(only, way) => {
                std::mem::swap(&mut debugging.debugger.points, only);
                let halt = debugging.debugger.run_back_part(way, discs);
                std::mem::swap(&mut debugging.debugger.points, only);
                let halt = halt?;
                Some(match halt {
                    Halt::Address(_) => Halt::Stepped,
                    // A number that no breakpoint has.
                    Halt::Written(_, writes) => Halt::Written(0, writes),
                    other => other,
                })
            }
        }
    }
}

impl<W: Write, E: Write> Debugging<'_, W, E> {
    /// Runs to something for once.
    fn run_to(&mut self, on: On) -> Journey {
        let number = self.debugger.points.add(on, None, None);
        Journey {
            own: Some((number, false)),
            ..Journey::run(Tick::NEVER)
        }
    }

    /// Runs to a system call; not to the one that is about to be made now.
    fn next_call(&mut self) -> Journey {
        let is_call = |(_, pc, _)| matches!(self.operation(pc), Operation::Swi(_));
        if self.present().is_some_and(is_call) {
            let halt = self.debugger.step(self.discs, &mut self.sink);
            if halt != Halt::Stepped {
                return Journey::to(Left::Nothing(halt));
            }
        }
        self.run_to(On::Kind("call".to_owned()))
    }

    /// The instruction at an address.
    fn operation(&self, at: u32) -> Operation {
        decode(self.debugger.machine().memory().word(at)).operation
    }

    /// The name of the running task, and its registers' program counter.
    fn present(&self) -> Option<(String, u32, u32)> {
        let machine = self.debugger.machine();
        let task = machine.kernel().current_task()?;
        let registers = machine.task_registers(task)?;
        Some((machine.item_name(task), registers.pc(), registers.sp()))
    }

    /// Runs to an address in the same task, with its stack not below what it is.
    fn run_to_address(&mut self, to: u32, sp: u32) -> Journey {
        let task = self.present().map(|(name, ..)| name);
        let condition = Expression::parse(&format!("sp >= {sp:#x}")).ok();
        let number = self.debugger.points.add(On::Address(to), task, condition);
        Journey {
            own: Some((number, true)),
            ..Journey::run(Tick::NEVER)
        }
    }

    /// One instruction; BL and SWI are run through.
    fn next(&mut self) -> Journey {
        let Some((_, pc, sp)) = self.present() else {
            return Journey::to(Left::Steps(1));
        };
        let calls = matches!(
            self.operation(pc),
            Operation::Swi(_) | Operation::Branch { link: true, .. }
        );
        match calls {
            true => self.run_to_address(pc.wrapping_add(4), sp),
            false => Journey::to(Left::Steps(1)),
        }
    }

    fn caller(&self) -> Result<(u32, u32), String> {
        let machine = self.debugger.machine();
        let task = machine.kernel().current_task();
        let registers = task.and_then(|task| machine.task_registers(task));
        let registers = registers.ok_or("no task runs here")?;
        let frames = call_stack(machine.memory(), registers);
        let caller = frames.get(1).ok_or("the stack shows no caller")?;
        Ok((caller.pc, registers.sp()))
    }
}
