//! Microcode of the built-in instruments: lines of text to code words.
//!
//! A line is one instruction of audio sheet 8. `A` is the accumulator; a result always goes
//! there, and from there to what stands left of `=`.
//!
//! ```text
//! Phase = Phase + Frequency          add; also - & | ^
//! A = Last - Last * A                one side may be a product
//! Sum = Sum + A clip                 clip, << n, >> n keeping the sign, >>> n
//! Output = - Amplitude               also ~
//! Held <- InFIFO                     a copy past the accumulator; flags stay
//! A = InFIFO.status                  samples that wait; .head is the first, left there
//! Place = Index + #Table             # is a number, or the address of a word
//! r4 <- @r7                          registers; @ is the word that another one points to
//! if carry next                      zero nonzero minus plus carry nocarry, after a
//!                                    subtraction less lessequal greaterequal
//! jump next, call Import, return, rmap 5, sleep
//! rbase                              registers r4 to r7 are the block of the instrument
//! next:                              a label
//! ```
//!
//! Names are those of the instrument's resources and of its private words. They become
//! relocations, so that a built-in instrument is placed like one from a file.

use crate::loader::dsp_code::{Compute, Condition, Input, Instruction, Op};
use crate::loader::dsp_code::{OperandWord, Register, Shift};
use crate::loader::dsp_file::{Linkage, Module, Relocation, Resource, ResourceKind};
use thiserror::Error;

/// Words of the processor that belong to no instrument (audio sheet 5.2, 8).
const FIXED: [(&str, u16); 3] = [("MixLeft", 0x106), ("MixRight", 0x107), ("Noise", 0x0EA)];
/// Addresses have ten bits.
const ADDRESS_BITS: u8 = 10;
/// Register bases have six.
const BASE_BITS: u8 = 6;

/// A line that is no instruction.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the microcode: {why}")]
pub(super) struct BadLine {
    line: usize,
    why: String,
}

/// Code words, and where places go into them.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub words: Vec<u16>,
    pub relocations: Vec<Relocation>,
}

/// What a name stands for.
#[derive(Clone, Copy)]
struct Symbol {
    resource: u32,
    offset: u16,
    attribute: u8,
}

/// An operand before it has a place.
#[derive(Clone, Copy)]
struct Operand {
    word: OperandWord,
    symbol: Option<Symbol>,
}

/// One side of an addition.
enum Term {
    Accumulator,
    Operand(Operand),
    /// The second factor is the accumulator if there is none.
    Product(Operand, Option<Operand>),
}

/// Assembles `text` for a module; `private` names its private words in their order.
pub(super) fn assemble(
    text: &str,
    module: &Module,
    private: &[&str],
) -> Result<Assembled, BadLine> {
    let mut assembler = Assembler {
        module,
        private,
        labels: Vec::new(),
        is_last: false,
        done: Assembled::default(),
    };
    // The length of an instruction does not depend on labels: the first time finds them.
    assembler.labels = assembler.all(text)?;
    assembler.is_last = true;
    assembler.all(text)?;
    Ok(assembler.done)
}

struct Assembler<'a> {
    module: &'a Module,
    private: &'a [&'a str],
    labels: Vec<(String, u16)>,
    /// Labels are known now.
    is_last: bool,
    done: Assembled,
}

impl Assembler<'_> {
    /// Every line; the labels among them.
    fn all(&mut self, text: &str) -> Result<Vec<(String, u16)>, BadLine> {
        self.done = Assembled::default();
        let mut found = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let words: Vec<&str> = text.split_whitespace().collect();
            match words[..] {
                [] => {}
                [label] if label.ends_with(':') => {
                    let at = self.done.words.len() as u16;
                    found.push((label.trim_end_matches(':').to_owned(), at));
                }
                _ => self.line(&words).map_err(|why| BadLine { line, why })?,
            }
        }
        Ok(found)
    }

    fn line(&mut self, words: &[&str]) -> Result<(), String> {
        match *words {
            ["sleep"] => self.put(&Instruction::Sleep),
            ["return"] => self.put(&Instruction::Return),
            ["rmap", number] => self.put(&Instruction::SetRmap(int(number)? as u8)),
            ["rbase"] => {
                let block = self.unnamed(ResourceKind::Rbase8)?;
                self.relocate(block, BASE_BITS, 0);
                self.put(&Instruction::SetRbase(0));
            }
            ["call", name] => {
                let to = match self.symbol(name) {
                    Ok(import) => {
                        self.relocate(import, ADDRESS_BITS, 0);
                        0
                    }
                    Err(_) => self.label(name)?,
                };
                self.put(&Instruction::Call(to));
            }
            ["jump", label] => {
                let to = self.label(label)?;
                self.put(&Instruction::Jump(to));
            }
            ["if", flag, label] => {
                let to = self.label(label)?;
                let when = condition(flag)?;
                self.put(&Instruction::Branch { when, to });
            }
            [to, "<-", from] => self.copy(to, from)?,
            [to, "=", ref sum @ ..] => self.compute(to, sum)?,
            _ => return Err(format!("\"{}\" is no instruction", words.join(" "))),
        }
        Ok(())
    }

    fn put(&mut self, instruction: &Instruction) {
        self.done.words.extend(instruction.encode());
    }

    /// The field with the lowest `width` bits of the word `ahead` words from here gets a place.
    fn relocate(&mut self, symbol: Symbol, width: u8, ahead: usize) {
        self.done.relocations.push(Relocation {
            attribute: symbol.attribute,
            add: true,
            list: false,
            long: false,
            width,
            bit: 0,
            block: 0,
            resource: symbol.resource,
            word: (self.done.words.len() + ahead) as u32,
        });
    }

    /// Where a label is in the code; the first time round nobody knows.
    fn label(&mut self, name: &str) -> Result<u16, String> {
        let mut labels = self.labels.iter();
        let found = labels.find(|(label, _)| label == name);
        match found {
            Some(&(_, offset)) => {
                let entry = self.symbol("Entry")?;
                self.relocate(entry, ADDRESS_BITS, 0);
                Ok(offset)
            }
            None if self.is_last => Err(format!("there is no label \"{name}\"")),
            None => Ok(0),
        }
    }

    /// Words that have no name: the private ones, the register block.
    fn unnamed(&self, kind: ResourceKind) -> Result<Symbol, String> {
        let resource = self.module.find(b"", |resource| resource.kind == kind);
        let resource = resource.ok_or_else(|| format!("it has no {kind:?} of its own"))?;
        Ok(Symbol {
            resource: resource as u32,
            offset: 0,
            attribute: 0,
        })
    }

    fn symbol(&self, name: &str) -> Result<Symbol, String> {
        let (name, offset) = match name.split_once('+') {
            Some((name, offset)) => (name, int(offset)? as u16),
            None => (name, 0),
        };
        let (name, attribute) = match name.rsplit_once('.') {
            Some((fifo, "status")) => (fifo, 1),
            Some((fifo, "head")) => (fifo, 2),
            _ => (name, 0),
        };
        if let Some(n) = self.private.iter().position(|&word| word == name) {
            let words = self.unnamed(ResourceKind::I)?;
            let offset = offset + n as u16;
            return Ok(Symbol { offset, ..words });
        }
        // An exported name stands for the code itself, which has no use for it.
        let is_there = |resource: &Resource| resource.linkage != Linkage::Export;
        let resource = self.module.find(name.as_bytes(), is_there);
        let resource = resource.ok_or_else(|| format!("there is no \"{name}\""))? as u32;
        Ok(Symbol {
            resource,
            offset,
            attribute,
        })
    }

    fn operand(&self, text: &str) -> Result<Operand, String> {
        if let Some(number) = text.strip_prefix('#') {
            return self.immediate(number);
        }
        let (indirect, register) = match text.strip_prefix('@') {
            Some(register) => (true, register),
            None => (false, text),
        };
        let number = register.strip_prefix('r').map(str::parse::<u8>);
        if let Some(Ok(number)) = number {
            let register = Register { number, indirect };
            return Ok(Operand {
                word: OperandWord::One {
                    register,
                    back: false,
                },
                symbol: None,
            });
        }
        let fixed = FIXED.iter().find(|(name, _)| *name == text);
        let symbol = match fixed {
            Some(_) => None,
            None => Some(self.symbol(register)?),
        };
        let at = fixed.map(|&(_, at)| at);
        let at = at.or(symbol.map(|symbol| symbol.offset)).unwrap_or(0);
        Ok(Operand {
            word: OperandWord::Address {
                at,
                indirect,
                back: false,
            },
            symbol,
        })
    }

    fn immediate(&self, text: &str) -> Result<Operand, String> {
        let (symbol, value) = match int(text) {
            Ok(value) => (None, value as i16),
            Err(_) => {
                let symbol = self.symbol(text)?;
                (Some(symbol), symbol.offset as i16)
            }
        };
        let word = OperandWord::immediate(value);
        let word = word.ok_or_else(|| format!("{text} does not fit an operand"))?;
        Ok(Operand { word, symbol })
    }

    fn copy(&mut self, to: &str, from: &str) -> Result<(), String> {
        let (to, from) = (self.operand(to)?, self.operand(from)?);
        if let Some(symbol) = to.symbol {
            self.relocate(symbol, ADDRESS_BITS, 0);
        }
        if let Some(symbol) = from.symbol {
            self.relocate(symbol, ADDRESS_BITS, 1);
        }
        let from = from.word;
        match to.word {
            OperandWord::Address { at, indirect, .. } => {
                let to = at;
                self.put(&Instruction::MoveToAddress { to, indirect, from });
            }
            OperandWord::One { register: to, .. } => {
                self.put(&Instruction::MoveToRegister { to, from });
            }
            _ => return Err("a number gets nothing".into()),
        }
        Ok(())
    }

    fn term(&self, words: &[&str]) -> Result<Term, String> {
        match *words {
            ["A"] => Ok(Term::Accumulator),
            [name] => Ok(Term::Operand(self.operand(name)?)),
            [factor, "*", "A"] | ["A", "*", factor] => {
                Ok(Term::Product(self.operand(factor)?, None))
            }
            [first, "*", second] => Ok(Term::Product(
                self.operand(first)?,
                Some(self.operand(second)?),
            )),
            _ => Err(format!("\"{}\" is no term", words.join(" "))),
        }
    }

    fn compute(&mut self, to: &str, sum: &[&str]) -> Result<(), String> {
        let (sum, shift, logical) = shift(sum)?;
        let find = |word: &&str| ["+", "-", "&", "|", "^", "~"].contains(word);
        let (a, op, b) = match sum.iter().position(find) {
            Some(0) => {
                let term = self.term(sum.get(1..).unwrap_or_default())?;
                match sum.first() {
                    Some(&"-") => (Term::Accumulator, Op::Negate, term),
                    Some(&"~") => (term, Op::Not, Term::Accumulator),
                    _ => return Err("a sum begins with a term".into()),
                }
            }
            Some(n) => {
                let op = match sum.get(n) {
                    Some(&"+") => Op::Add,
                    Some(&"-") => Op::Subtract,
                    Some(&"&") => Op::And,
                    Some(&"|") => Op::Or,
                    Some(&"^") => Op::Xor,
                    _ => return Err("~ stands before a term".into()),
                };
                let (a, b) = (sum.get(..n), sum.get(n + 1..));
                let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
                (self.term(a)?, op, self.term(b)?)
            }
            None if logical == Some(true) => (self.term(sum)?, Op::Logical, Term::Accumulator),
            None => (self.term(sum)?, Op::A, Term::Accumulator),
        };
        if logical.is_some_and(|logical| logical != (op as u16 >= Op::Logical as u16)) {
            return Err("this sum is shifted to the right in the other way".into());
        }
        self.put_compute(to, (a, op, b), shift)
    }

    fn put_compute(
        &mut self,
        to: &str,
        (a, op, b): (Term, Op, Term),
        shift: Shift,
    ) -> Result<(), String> {
        let (mut factors, mut sides, mut inputs) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_accumulator = false;
        for term in [a, b] {
            inputs.push(match term {
                Term::Accumulator => Input::Accumulator,
                Term::Operand(operand) => {
                    sides.push(operand);
                    match sides.len() {
                        1 => Input::First,
                        _ => Input::Second,
                    }
                }
                Term::Product(..) if !factors.is_empty() => {
                    return Err("there is one multiplier".into());
                }
                Term::Product(first, second) => {
                    by_accumulator = second.is_none();
                    factors.push(first);
                    factors.extend(second);
                    Input::Product
                }
            });
        }
        let [a, b] = inputs[..] else {
            return Err("a sum has two sides".into());
        };
        let mut compute = Compute::new(a, op, b).shifted(shift);
        if by_accumulator {
            compute = compute.by_accumulator();
        }
        let mut operands = factors;
        operands.append(&mut sides);
        if to != "A" {
            self.result_goes(to, &mut operands)?;
        }
        for (n, operand) in operands.iter().enumerate() {
            if let Some(symbol) = operand.symbol {
                self.relocate(symbol, ADDRESS_BITS, 1 + n);
            }
            compute = compute.with(operand.word);
        }
        self.put(&Instruction::Compute(compute));
        Ok(())
    }

    /// Writes the result back to the operand it also comes from, or to one more.
    fn result_goes(&self, to: &str, operands: &mut Vec<Operand>) -> Result<(), String> {
        let to = self.operand(to)?;
        let place = |operand: &Operand| operand.symbol.map(|s| (s.resource, s.attribute));
        let mut same = operands
            .iter_mut()
            .filter(|operand| operand.word == to.word && place(operand) == place(&to));
        let Some(operand) = same.next() else {
            operands.push(to);
            return Ok(());
        };
        match &mut operand.word {
            OperandWord::Address { back, .. } | OperandWord::One { back, .. } => *back = true,
            _ => return Err("a number gets nothing".into()),
        }
        Ok(())
    }
}

/// Splits what is done to a sum from it, and whether that is logical, if it matters.
fn shift<'a, 'b>(sum: &'a [&'b str]) -> Result<(&'a [&'b str], Shift, Option<bool>), String> {
    if let [sum @ .., "clip"] = sum {
        return Ok((sum, Shift::Clip, None));
    }
    let [rest @ .., arrow, by] = sum else {
        return Ok((sum, Shift::None, None));
    };
    let shift = match (*arrow, *by) {
        ("<<", "1") => Shift::Left1,
        ("<<", "4") => Shift::Left4,
        ("<<", "8") => Shift::Left8,
        (">>" | ">>>", "1") => Shift::Right1,
        (">>" | ">>>", "4") => Shift::Right4,
        (">>" | ">>>", "8") => Shift::Right8,
        ("<<" | ">>" | ">>>", _) => return Err(format!("nothing is shifted by {by}")),
        _ => return Ok((sum, Shift::None, None)),
    };
    let logical = match *arrow {
        "<<" => None,
        arrow => Some(arrow == ">>>"),
    };
    Ok((rest, shift, logical))
}

fn condition(name: &str) -> Result<Condition, String> {
    Ok(match name {
        "zero" => Condition::ZERO,
        "nonzero" => Condition::NOT_ZERO,
        "minus" => Condition::NEGATIVE,
        "plus" => Condition::POSITIVE,
        "carry" => Condition::CARRY,
        "nocarry" => Condition::NO_CARRY,
        "less" => Condition::LESS,
        "lessequal" => Condition::LESS_OR_EQUAL,
        "greaterequal" => Condition::GREATER_OR_EQUAL,
        _ => return Err(format!("nobody asks for \"{name}\"")),
    })
}

/// A number, decimal or with 0x, of 16 bits with or without a sign.
fn int(text: &str) -> Result<i32, String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let number = match digits.strip_prefix("0x") {
        Some(digits) => i32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let number = number.map_err(|_| format!("\"{text}\" is no number"))? * sign;
    if (-0x8000..0x1_0000).contains(&number) {
        return Ok(number);
    }
    Err(format!("{text} has more than 16 bits"))
}
