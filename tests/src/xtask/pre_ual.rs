//! Turns objdump's unified syntax (UAL) into ARM's own syntax from before it.
//!
//! Each table row is one thing that the two spell differently; what no row knows is left as
//! it is, and the comparison reports it.

/// Conditions; "always" is the empty one.
const CONDITIONS: [&str; 15] = [
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "",
];

/// What a mnemonic means besides its name.
#[derive(Clone, Copy)]
enum Kind {
    /// Nothing that the older syntax says differently.
    Same,
    /// A shift: an operand of `mov`.
    Shift,
    /// Load or store of several registers, with the names for base sp and for other bases.
    Block(&'static str, &'static str),
    /// `push` and `pop`: the names for one register and for several.
    Stack(One, &'static str),
    /// A software interrupt.
    Swi,
    /// A status register is read or written.
    Psr,
}

/// How one register is pushed or popped: mnemonic, and operand after the register.
type One = (&'static str, &'static str);

/// Names of UAL with the suffixes that stand before the condition there, the older name, and
/// what else differs. The mnemonics that these give are all different.
const MNEMONICS: &[(&str, &[&str], &str, Kind)] = &[
    ("and", &["", "s"], "and", Kind::Same),
    ("eor", &["", "s"], "eor", Kind::Same),
    ("sub", &["", "s"], "sub", Kind::Same),
    ("rsb", &["", "s"], "rsb", Kind::Same),
    ("add", &["", "s"], "add", Kind::Same),
    ("adc", &["", "s"], "adc", Kind::Same),
    ("sbc", &["", "s"], "sbc", Kind::Same),
    ("rsc", &["", "s"], "rsc", Kind::Same),
    ("tst", &["", "p"], "tst", Kind::Same),
    ("teq", &["", "p"], "teq", Kind::Same),
    ("cmp", &["", "p"], "cmp", Kind::Same),
    ("cmn", &["", "p"], "cmn", Kind::Same),
    ("orr", &["", "s"], "orr", Kind::Same),
    ("mov", &["", "s"], "mov", Kind::Same),
    ("bic", &["", "s"], "bic", Kind::Same),
    ("mvn", &["", "s"], "mvn", Kind::Same),
    ("lsl", &["", "s"], "mov", Kind::Shift),
    ("lsr", &["", "s"], "mov", Kind::Shift),
    ("asr", &["", "s"], "mov", Kind::Shift),
    ("ror", &["", "s"], "mov", Kind::Shift),
    ("rrx", &["", "s"], "mov", Kind::Shift),
    ("mul", &["", "s"], "mul", Kind::Same),
    ("mla", &["", "s"], "mla", Kind::Same),
    ("swp", &["", "b"], "swp", Kind::Same),
    ("ldr", &["", "b", "t", "bt"], "ldr", Kind::Same),
    ("str", &["", "b", "t", "bt"], "str", Kind::Same),
    ("ldm", &["", "ia", "fd"], "ldm", Kind::Block("fd", "ia")),
    ("ldm", &["ib"], "ldm", Kind::Block("ed", "ib")),
    ("ldm", &["da"], "ldm", Kind::Block("fa", "da")),
    ("ldm", &["db"], "ldm", Kind::Block("ea", "db")),
    ("stm", &["", "ia"], "stm", Kind::Block("ea", "ia")),
    ("stm", &["ib"], "stm", Kind::Block("fa", "ib")),
    ("stm", &["da"], "stm", Kind::Block("ed", "da")),
    ("stm", &["db", "fd"], "stm", Kind::Block("fd", "db")),
    (
        "push",
        &[""],
        "stm",
        Kind::Stack(("str", "[sp, #-4]!"), "fd"),
    ),
    ("pop", &[""], "ldm", Kind::Stack(("ldr", "[sp], #4"), "fd")),
    ("b", &[""], "b", Kind::Same),
    ("bl", &[""], "bl", Kind::Same),
    ("svc", &[""], "swi", Kind::Swi),
    ("mrs", &[""], "mrs", Kind::Psr),
    ("msr", &[""], "msr", Kind::Psr),
];

/// The fields of a status register. The ARM60 has no fields s and x: they are taken out first.
const FIELDS: &[(&str, &str)] = &[("", ""), ("fc", "_all"), ("f", "_flg"), ("c", "_ctl")];

/// The older spelling of an instruction without comment and with single spaces. `never` puts
/// the condition NV, which UAL has not, in the place of "always".
pub fn pre_ual(text: &str, never: bool) -> String {
    // The only instruction without operands.
    let text = if text == "nop" { "mov r0, r0" } else { text };
    let rewritten = text
        .split_once(' ')
        .and_then(|(mnemonic, operands)| instruction(mnemonic, operands, never));
    rewritten.unwrap_or_else(|| text.to_owned())
}

fn instruction(mnemonic: &str, operands: &str, never: bool) -> Option<String> {
    let (ual, suffix, c, name, kind) = split(mnemonic)?;
    let c = if never && c.is_empty() { "nv" } else { c };
    Some(match kind {
        Kind::Same => format!("{name}{c}{suffix} {operands}"),
        Kind::Shift => {
            // rd, rm, amount; RRX has no amount.
            let mut parts = operands.splitn(3, ", ");
            let (rd, rm) = (parts.next()?, parts.next()?);
            let amount = parts.next().map_or(String::new(), |by| format!(" {by}"));
            format!("{name}{c}{suffix} {rd}, {rm}, {ual}{amount}")
        }
        Kind::Block(stack, order) => {
            let (base, _) = operands.split_once(", ")?;
            let sp = base.trim_end_matches('!') == "sp";
            let suffix = if sp { stack } else { order };
            format!("{name}{c}{suffix} {operands}")
        }
        Kind::Stack((one, place), several) => {
            let list = operands.strip_prefix('{')?.strip_suffix('}')?;
            if list.contains(',') {
                format!("{name}{c}{several} sp!, {operands}")
            } else {
                format!("{one}{c} {list}, {place}")
            }
        }
        Kind::Swi => {
            let number = u32::from_str_radix(operands.strip_prefix("0x")?, 16).ok()?;
            format!("{name}{c} {number:#x}")
        }
        Kind::Psr => {
            let operands: Vec<String> = operands.split(", ").map(psr).collect();
            format!("{name}{c} {}", operands.join(", "))
        }
    })
}

/// Name, suffix and condition of a UAL mnemonic, with the older name and what else differs.
fn split(mnemonic: &str) -> Option<(&str, &str, &str, &'static str, Kind)> {
    MNEMONICS.iter().find_map(|&(ual, suffixes, name, kind)| {
        let rest = mnemonic.strip_prefix(ual)?;
        suffixes.iter().find_map(|suffix| {
            let c = rest.strip_prefix(suffix)?;
            CONDITIONS
                .contains(&c)
                .then_some((ual, *suffix, c, name, kind))
        })
    })
}

fn psr(operand: &str) -> String {
    let (name, fields) = operand.split_once('_').unwrap_or((operand, ""));
    let fields = fields.replace(['s', 'x'], "");
    match (name, FIELDS.iter().find(|(ual, _)| *ual == fields)) {
        ("CPSR" | "SPSR", Some((_, part))) => name.to_lowercase() + part,
        _ => operand.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_mnemonic_can_be_split_in_one_way_only() {
        let mut seen = BTreeSet::new();
        for (ual, suffixes, ..) in MNEMONICS {
            for suffix in *suffixes {
                for c in CONDITIONS {
                    let mnemonic = format!("{ual}{suffix}{c}");
                    assert!(seen.insert(mnemonic.clone()), "{mnemonic}");
                }
            }
        }
    }

    #[test]
    fn each_rule_rewrites() {
        let table = [
            ("addseq r0, r1, r2", "addeqs r0, r1, r2"),
            ("teqpeq r0, #0", "teqeqp r0, #0"),
            ("bls 0x1000", "bls 0x1000"),
            ("blls 0x1000", "blls 0x1000"),
            ("ldrbteq r0, [r1], #4", "ldreqbt r0, [r1], #4"),
            ("swpbne r0, r1, [r2]", "swpneb r0, r1, [r2]"),
            ("lsl r0, r1, #3", "mov r0, r1, lsl #3"),
            ("asrsmi r0, r1, r2", "movmis r0, r1, asr r2"),
            ("rrx r0, r1", "mov r0, r1, rrx"),
            ("nop", "mov r0, r0"),
            ("push {r4, lr}", "stmfd sp!, {r4, lr}"),
            ("pusheq {r4}", "streq r4, [sp, #-4]!"),
            ("popne {r4, pc}", "ldmnefd sp!, {r4, pc}"),
            ("pop {lr}", "ldr lr, [sp], #4"),
            ("stmfd sp!, {r4}", "stmfd sp!, {r4}"),
            ("ldm sp, {r4, pc}^", "ldmfd sp, {r4, pc}^"),
            ("ldmibeq sp!, {r4}", "ldmeqed sp!, {r4}"),
            ("ldm r1!, {r4, r5}", "ldmia r1!, {r4, r5}"),
            ("stmdbcc r1, {r4}", "stmccdb r1, {r4}"),
            ("svceq 0x00010018", "swieq 0x10018"),
            ("mrs r0, SPSR", "mrs r0, spsr"),
            ("msrne CPSR_fc, r0", "msrne cpsr_all, r0"),
            ("msr SPSR_f, #0", "msr spsr_flg, #0"),
            ("msr CPSR_c, r1", "msr cpsr_ctl, r1"),
            ("msr SPSR_fsxc, r1", "msr spsr_all, r1"),
        ];
        for (theirs, ours) in table {
            assert_eq!(pre_ual(theirs, false), ours);
        }
    }

    #[test]
    fn never_takes_the_place_of_always() {
        assert_eq!(pre_ual("adds r0, r1, r2", true), "addnvs r0, r1, r2");
        assert_eq!(pre_ual("nop", true), "movnv r0, r0");
        assert_eq!(pre_ual("pop {r4, pc}", true), "ldmnvfd sp!, {r4, pc}");
    }

    #[test]
    fn what_is_unknown_stays_as_it_is() {
        for text in ["", "ldrh r0, [r1]", "bx lr", "umull r0, r1, r2, r3"] {
            assert_eq!(pre_ual(text, false), text);
        }
    }
}
