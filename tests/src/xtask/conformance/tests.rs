//! Tests of the check itself.

use super::rows::Row;
use super::*;

const SUITE: &str = "\
/// One.
#[test]
// Why.
fn one_thing() {}

#[test]
#[ignore = \"later\"]
fn put_off() {}

fn helper(g: &mut Guest) {
    #[test]
    let x = 0;
}

pub fn other<T>() {}

proptest! {
    #[test]
    fn p1_random(x in 0..3) {}
}

#[test]
fn p1_fixed() {}

#[test]
fn p11_other() {}
";

fn tests_of(files: &[(&str, &str)]) -> Tests {
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|(file, text)| (*file, (*text).to_owned()))
        .collect();
    Tests::of(&texts)
}

fn tests() -> Tests {
    tests_of(&[
        ("tests/tests/mach_a.rs", SUITE),
        ("tests/tests/mach_a/more.rs", "#[test]\nfn inside() {}\n"),
        ("tests/tests/mach_b.rs", "#[test]\nfn twice() {}\n"),
        ("tests/tests/mach_c.rs", "#[test]\nfn twice() {}\n"),
        ("tests/tests/files.rs", "#[test]\nfn elsewhere() {}\n"),
        (
            "emu-core/src/kernel/mach/mig/wire.rs",
            "mod tests {\n    #[test]\n    fn a_rule() {}\n}\n",
        ),
    ])
}

const fn row(number: &'static str, tests: &'static [&'static str]) -> Row {
    Row {
        number,
        says: "It is so.",
        source: "page",
        tests,
        remarks: "",
    }
}

fn problems(rows: &'static [Row], acceptance: &[&str], extra: &[(&str, &str)]) -> Problems {
    let section = Section { title: "All", rows };
    find_problems(&[section], acceptance, extra, &tests())
}

#[test]
fn functions_are_found_with_their_attributes() {
    let found = functions(SUITE);
    let kind = |name: &str| found.iter().find(|(n, _)| n == name).map(|(_, k)| *k);
    assert_eq!(kind("one_thing"), Some(Kind::Test));
    assert_eq!(kind("put_off"), Some(Kind::Ignored));
    assert_eq!(kind("helper"), Some(Kind::Helper));
    assert_eq!(kind("other"), Some(Kind::Helper));
    assert_eq!(kind("p1_random"), Some(Kind::Test));
    assert_eq!(function("// fn a() {}"), None);
    assert_eq!(function("let a = fn b;"), None);
}

#[test]
fn a_test_is_found_by_name_beginning_or_path() {
    let tests = tests();
    assert_eq!(
        tests.find("one_thing"),
        Ok(vec!["mach_a::one_thing".into()])
    );
    assert_eq!(tests.find("inside"), Ok(vec!["mach_a::inside".into()]));
    let both = vec!["mach_a::p1_fixed".into(), "mach_a::p1_random".into()];
    assert_eq!(tests.find("p1_*"), Ok(both));
    let core = "core::mig::wire::a_rule";
    assert_eq!(tests.find(core), Ok(vec![core.into()]));
    for (name, word) in [
        ("nothing", "does not exist"),
        ("elsewhere", "does not exist"),
        ("a_rule", "does not exist"),
        ("core::mig::a_rule", "does not exist"),
        ("p2_*", "no test"),
        ("put_off", "ignored"),
        ("helper", "without #[test]"),
        ("twice", "mach_b and again in mach_c"),
    ] {
        let problem = tests.find(name).expect_err(name);
        assert!(
            problem.contains(word) && problem.contains(name),
            "{problem}"
        );
    }
}

#[test]
fn a_table_whose_tests_exist_has_no_problem() {
    const ROWS: &[Row] = &[
        row("A1", &["one_thing", "inside"]),
        row("A2", &["one_thing", "core::mig::wire::a_rule"]),
    ];
    let found = problems(ROWS, &["one_thing", "p1_*"], &[("p1_*", "a purpose")]);
    assert_eq!(found, Problems::new());
}

#[test]
fn what_is_missing_is_said_precisely() {
    const ROWS: &[Row] = &[
        row("A1", &["gone"]),
        row("A2", &["gone", "p1_*"]),
        row("A2", &[]),
    ];
    let extra = [("p1_*", "a purpose"), ("not_listed", "a purpose")];
    let acceptance = ["gone", "one_thing", "p1_*", "p3_*"];
    let found = problems(ROWS, &acceptance, &extra);
    let wanted = [
        "two statements have number A2",
        "no test proves statement A2",
        "`p1_*` is extra, but A2 names it",
        "the extra test `not_listed` is not of the list",
        "test of A1, A2: `gone` does not exist in tests/tests/mach_*.rs",
        "no statement names the acceptance test `one_thing`",
        "no statement names the acceptance test `p3_*`",
        "acceptance test: no test `p3_*` exists",
    ];
    for words in wanted {
        let count = found.iter().filter(|line| line.contains(words)).count();
        assert_eq!(count, 1, "{words}: {found:#?}");
    }
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
}

#[test]
fn the_page_names_suites_and_what_is_missing() {
    const ROWS: &[Row] = &[row("A1", &["one_thing", "gone"])];
    let section = Section {
        title: "All",
        rows: ROWS,
    };
    let text = page(&[section], &[("p1_*", "a purpose")], &tests());
    assert!(text.contains("1 statements."));
    let line = "| A1 | It is so. | page | `mach_a::one_thing`, `gone` (missing) |  |\n";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("| `mach_a::p1_fixed`, `mach_a::p1_random` | a purpose |\n"));
}

/// What the table alone decides, whatever tests there are.
#[test]
fn the_table_itself_is_whole() {
    let found = find_problems(SECTIONS, ACCEPTANCE, EXTRA, &Tests::default());
    let missing = |line: &&String| !line.contains("exist");
    let found: Vec<&String> = found.iter().filter(missing).collect();
    assert!(found.is_empty(), "{found:#?}");
    // 77 single names (Mach sheet 6.3) and 15 patterns (6.1), no cell with a bar in it.
    let names: BTreeSet<&&str> = ACCEPTANCE.iter().collect();
    assert_eq!((names.len(), ACCEPTANCE.len()), (92, 92));
    for row in SECTIONS.iter().flat_map(|section| section.rows) {
        assert!(row.says.ends_with('.'), "{}", row.number);
        let cells = [row.says, row.source, row.remarks];
        assert!(
            cells.iter().all(|cell| !cell.contains('|')),
            "{}",
            row.number
        );
    }
}
