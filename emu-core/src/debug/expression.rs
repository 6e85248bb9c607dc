//! Conditions: `r0 == 5 && [0x48000] > 3`, `error < 0`, `unit == 1`.
//!
//! ```text
//! numbers    12, 0x1f
//! registers  r0 ... r15, sp, lr, pc, cpsr
//! memory     [ADDRESS] a word, b[ADDRESS] a byte
//! fields     of the event that stopped the run, by name: unit, actual, error ...
//! operators  ! ~ -   * / %   + -   << >>   < <= > >= == !=   &   ^   |   &&   ||   ( )
//! ```
//! Everything is a signed number of 64 bits; a comparison gives 1 or 0. Registers and memory
//! count as unsigned. Division by zero gives 0. A condition that asks for a field that the event
//! does not have is not met.

use crate::cpu::REGISTER_NAMES;
use std::fmt;
use thiserror::Error;

/// Longest condition in bytes.
const LONGEST: usize = 512;
/// Deepest nesting.
const DEEPEST: usize = 32;

/// What a condition can look at.
pub trait Scope {
    /// A register by its number; 16 is the status register.
    fn register(&self, number: u8) -> u32;
    /// A word of memory.
    fn word(&self, address: u32) -> u32;
    /// A byte of memory.
    fn byte(&self, address: u32) -> u8;
    /// A field of the present event.
    fn field(&self, name: &str) -> Option<i64>;
}

/// A condition that is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadExpression {
    /// Nothing, or too much.
    #[error("a condition has 1 to {LONGEST} characters")]
    Length,
    /// Something that has no place there.
    #[error("column {column}: {what}; conditions are such as r0 == 5 && [0x48000] > 3")]
    Syntax {
        /// Counted from 1.
        column: usize,
        /// In words.
        what: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Number(i64),
    Register(u8),
    Field(String),
    Word(Box<Node>),
    Byte(Box<Node>),
    Not(Box<Node>),
    Flip(Box<Node>),
    Negate(Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    text: String,
    root: Node,
}

/// Operators from the weakest on; those of a row bind alike, from the left.
const LEVELS: [&[&str]; 9] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["<=", ">=", "==", "!=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Expression {
    /// Reads a condition.
    pub fn parse(text: &str) -> Result<Expression, BadExpression> {
        if text.trim().is_empty() || text.len() > LONGEST {
            return Err(BadExpression::Length);
        }
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
        };
        let root = parser.binary(0)?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.wrong("an operator is missing here"));
        }
        Ok(Expression {
            text: text.trim().to_owned(),
            root,
        })
    }

    /// Its value; `None` when it asks for a field that the event does not have.
    pub fn value(&self, scope: &dyn Scope) -> Option<i64> {
        value(&self.root, scope)
    }

    /// Whether it is met: not 0.
    pub fn holds(&self, scope: &dyn Scope) -> bool {
        self.value(scope).is_some_and(|value| value != 0)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn value(node: &Node, scope: &dyn Scope) -> Option<i64> {
    Some(match node {
        Node::Number(number) => *number,
        Node::Register(number) => i64::from(scope.register(*number)),
        Node::Field(name) => scope.field(name)?,
        Node::Word(address) => i64::from(scope.word(value(address, scope)? as u32)),
        Node::Byte(address) => i64::from(scope.byte(value(address, scope)? as u32)),
        Node::Not(inner) => i64::from(value(inner, scope)? == 0),
        Node::Flip(inner) => !value(inner, scope)?,
        Node::Negate(inner) => value(inner, scope)?.wrapping_neg(),
        Node::Binary("&&", a, b) => i64::from(value(a, scope)? != 0 && value(b, scope)? != 0),
        Node::Binary("||", a, b) => i64::from(value(a, scope)? != 0 || value(b, scope)? != 0),
        Node::Binary(operator, a, b) => {
            let (a, b) = (value(a, scope)?, value(b, scope)?);
            let amount = u32::try_from(b).unwrap_or(u32::MAX);
            match *operator {
                "|" => a | b,
                "^" => a ^ b,
                "&" => a & b,
                "<=" => i64::from(a <= b),
                ">=" => i64::from(a >= b),
                "==" => i64::from(a == b),
                "!=" => i64::from(a != b),
                "<" => i64::from(a < b),
                ">" => i64::from(a > b),
                "<<" => a.checked_shl(amount).unwrap_or(0),
                ">>" => a.checked_shr(amount).unwrap_or(0),
                "+" => a.wrapping_add(b),
                "-" => a.wrapping_sub(b),
                "*" => a.wrapping_mul(b),
                "/" => a.checked_div(b).unwrap_or(0),
                _ => a.checked_rem(b).unwrap_or(0),
            }
        }
    })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn wrong(&self, what: &str) -> BadExpression {
        BadExpression::Syntax {
            column: self.text[..self.at].chars().count() + 1,
            what: what.to_owned(),
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes a word that stands here.
    fn eat(&mut self, word: &str) -> bool {
        self.space();
        let is_there = self.rest().starts_with(word);
        self.at += if is_there { word.len() } else { 0 };
        is_there
    }

    /// The operator of a level that stands here; `&` stands not where `&&` does, and so on.
    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.space();
        let rest = self.rest();
        let all = LEVELS.iter().flat_map(|row| row.iter().copied());
        let longest = all
            .filter(|operator| rest.starts_with(operator))
            .max_by_key(|operator| operator.len())?;
        let found = LEVELS[level].contains(&longest).then_some(longest)?;
        self.at += found.len();
        Some(found)
    }

    fn binary(&mut self, level: usize) -> Result<Node, BadExpression> {
        if level == LEVELS.len() {
            return self.unary();
        }
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.operator(level) {
            let right = self.binary(level + 1)?;
            left = Node::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Node, BadExpression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("this is nested too deeply"));
        }
        let node = if self.eat("!") {
            Node::Not(Box::new(self.unary()?))
        } else if self.eat("~") {
            Node::Flip(Box::new(self.unary()?))
        } else if self.eat("-") {
            Node::Negate(Box::new(self.unary()?))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn closed(&mut self, by: &str) -> Result<Box<Node>, BadExpression> {
        let inner = self.binary(0)?;
        if !self.eat(by) {
            return Err(self.wrong(&format!("{by} is missing here")));
        }
        Ok(Box::new(inner))
    }

    fn primary(&mut self) -> Result<Node, BadExpression> {
        if self.eat("(") {
            return self.closed(")").map(|inner| *inner);
        }
        if self.eat("[") {
            return self.closed("]").map(Node::Word);
        }
        if self.eat("b[") {
            return self.closed("]").map(Node::Byte);
        }
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = rest[..len].to_owned();
        if word.is_empty() {
            return Err(self.wrong("a number, a register, a field or [ is missing here"));
        }
        let node = if word.starts_with(|c: char| c.is_ascii_digit()) {
            let number = match word.strip_prefix("0x") {
                Some(digits) => u32::from_str_radix(digits, 16).map(i64::from).ok(),
                None => word.parse().ok(),
            };
            Node::Number(number.ok_or_else(|| self.wrong(&format!("{word} is no number")))?)
        } else {
            register(&word).map_or(Node::Field(word), Node::Register)
        };
        self.at += len;
        Ok(node)
    }
}

/// The number of a register by its name; r13 to r15 have two.
fn register(name: &str) -> Option<u8> {
    let number = match name {
        "r13" => Some(13),
        "r14" => Some(14),
        "r15" => Some(15),
        _ => REGISTER_NAMES.iter().position(|known| *known == name),
    };
    number.and_then(|number| u8::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Scope for Fixed {
        fn register(&self, number: u8) -> u32 {
            u32::from(number) * 10
        }
        fn word(&self, address: u32) -> u32 {
            address + 1
        }
        fn byte(&self, address: u32) -> u8 {
            address as u8
        }
        fn field(&self, name: &str) -> Option<i64> {
            (name == "error").then_some(-5)
        }
    }

    fn of(text: &str) -> Option<i64> {
        let expression = Expression::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        expression.value(&Fixed)
    }

    #[test]
    fn operators_bind_in_the_order_of_their_rows() {
        for (text, value) in [
            ("1 + 2 * 3", 7),
            ("(1+2)*3", 9),
            ("r1 == 10 && r2 == 20", 1),
            ("r1==10 && r2==21 || pc == 150", 1),
            ("[0x48000] == 0x48001", 1),
            ("b[0x1ff]", 255),
            ("error < 0", 1),
            ("-error", 5),
            ("!0 + ~0", 0),
            ("6 & 3 == 3", 0),
            ("1 << 4 | 1", 17),
            ("7 / 0 + 7 % 0", 0),
            ("sp - lr", -10),
            ("10 - 3 - 2", 5),
        ] {
            assert_eq!(of(text), Some(value), "{text}");
        }
        assert_eq!(of("nothing == 0"), None);
        assert_eq!(of("0 && nothing"), Some(0));
    }

    #[test]
    fn what_is_no_condition_is_refused_with_its_column() {
        let deep = format!("{}1", "(".repeat(300));
        for text in [
            "",
            "  ",
            "1 +",
            "(1",
            "[1",
            "1 1",
            "0xg",
            "99999999999999999999",
            "é",
            &deep,
        ] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
        let error = Expression::parse("r0 = 5").expect_err("one =");
        assert!(error.to_string().starts_with("column 4:"), "{error}");
        assert!(Expression::parse(&"1".repeat(600)).is_err());
    }
}
