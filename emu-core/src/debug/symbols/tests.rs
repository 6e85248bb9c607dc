//! Every kind of file with names, and files that are none.

use super::*;
use proptest::prelude::*;

fn words_of(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn name_of(text: &str) -> Vec<u8> {
    let mut bytes = vec![text.len() as u8];
    bytes.extend(text.bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A section of a compiler with one function, then the linker's own with these symbols.
fn tables(symbols: &[(&str, u32, u8)]) -> Vec<u8> {
    let (section, function, end) = (name_of("a.c.o"), name_of("helper"), [1, 0x160]);
    let head = 32 + section.len() as u32;
    let item = 32 + function.len() as u32;
    let all = head + item + 12;
    let mut bytes = words_of(&[head << 16 | 1, 0x0103_0003, 0x100, 0x200, 0x60, 4, 0, all]);
    bytes.extend(section);
    bytes.extend(words_of(&[item << 16 | 2, 0, 0, 1, 0x140, 0x150, 0, 0]));
    bytes.extend(function);
    bytes.extend(words_of(&[12 << 16 | 3, end[0], end[1]]));
    let mut strings = vec![0; 4];
    let mut entries = Vec::new();
    for &(name, value, flags) in symbols {
        entries.extend([u32::from(flags) << 24 | strings.len() as u32, value]);
        strings.extend(name.bytes().chain([0]));
    }
    let length = 36 + entries.len() * 4 + strings.len();
    let count = symbols.len() as u32;
    let head = [36 << 16 | 1, 2, 0x80, 0x200, 0, 0, 0, length as u32, count];
    bytes.extend(words_of(&head));
    bytes.extend(words_of(&entries));
    bytes.extend(strings);
    bytes
}

/// A program with these tables between its data and what its linker put behind.
fn program(tables: &[u8]) -> Vec<u8> {
    let nop = 0xE1A0_0000;
    let sizes = [0x200, 0x10, tables.len() as u32, 0, 3];
    let mut header = vec![nop, 0xEB00_0081, nop, 0xEB00_001B, 0xEF00_0011];
    header.extend(sizes);
    let mut bytes = words_of(&header);
    bytes.resize(0x210, 0);
    bytes.extend(tables);
    bytes.extend([0xFF; 8]);
    bytes
}

fn named(table: &Table) -> Vec<(u32, u32, Kind, &str)> {
    let all = table.iter();
    all.map(|s| (s.address, s.size, s.kind, s.name.as_str()))
        .collect()
}

#[test]
fn a_program_s_tables_name_functions_and_the_linker_s_symbols() {
    let tables = tables(&[
        ("Image$$RO$$Base", 0x80, 1),
        ("main", 0x100, 3),
        ("local", 0x180, 2),
        ("AREA", 0x100, 2),
        ("counter", 0x204, 5),
        ("x$litpool$1", 0x13C, 2),
    ]);
    let table = Table::read(&program(&tables)).expect("tables");
    assert_eq!(table.source, Source::Aif);
    assert_eq!(
        named(&table),
        [
            (0x100, 0, Kind::Code, "main"),
            (0x140, 0x20, Kind::Code, "helper"),
            (0x180, 0, Kind::Code, "local"),
            (0x204, 0, Kind::Data, "counter"),
        ]
    );
}

#[test]
fn damaged_tables_are_refused_with_their_offset() {
    let good = tables(&[("main", 0x100, 3)]);
    let second = 32 + 8 + 32 + 8 + 12;
    for (at, value) in [
        (28, 0xFFFF_FFFF),
        (28, 4),
        (second + 32, 0xFFFF),
        (second + 36, 0x03FF_FFFF),
    ] {
        let mut bad = good.clone();
        bad[at..at + 4].copy_from_slice(&u32::to_be_bytes(value));
        let error = Table::read(&program(&bad)).expect_err("damage");
        assert!(matches!(error, BadSymbols::Tables { .. }), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
    assert_eq!(Table::read(&program(&[])), Err(BadSymbols::NoTables));
}

#[test]
fn each_listing_is_recognised_by_itself() {
    for (source, text) in [
        (
            Source::Nm,
            "00000100 T main\n         U missing\n00000204 D counter\n",
        ),
        (
            Source::Nm,
            "00000100 00000040 T main\n00000204 00000004 B counter\n",
        ),
        (Source::Nm, "main T 100 40\ncounter d 204 4\n"),
        (
            Source::GnuMap,
            "Linker script and memory map\n\n .text  0x00000100  0x40 a.o\n\
             \x20               0x00000100                main\n\
             \x20               0x00000200                . = ALIGN (0x4)\n\
             \x20               0x00000204                counter\n",
        ),
        (
            Source::Armlink,
            "Symbol Table\n\n  main                00000100\n  counter             00000204\n",
        ),
        (
            Source::Armlink,
            "Image Symbol Table\n\n  Symbol Name  Value  Ov Type  Size  Object(Section)\n\
             main  0x00000100   ARM Code  64  a.o(C$$code)\n\
             counter  0x00000204   Data  4  a.o(C$$data)\n",
        ),
    ] {
        let table = Table::read(text.as_bytes()).expect(text);
        assert_eq!(table.source, source, "{text}");
        let names: Vec<(u32, &str)> = table.iter().map(|s| (s.address, &*s.name)).collect();
        assert_eq!(names, [(0x100, "main"), (0x204, "counter")], "{text}");
    }
    let areas = "Base  Size  Type  RO?  Name\n\
                 80    4c    CODE  RO   !!!First from object file cstartup.o\n\
                 cc    100   CODE  RO   C$$code from object file main.o\n";
    let table = Table::read(areas.as_bytes()).expect("areas");
    assert_eq!(
        named(&table),
        [
            (0x80, 0x4C, Kind::Code, "cstartup.o"),
            (0xCC, 0x100, Kind::Code, "main.o")
        ]
    );
}

#[test]
fn texts_without_names_are_refused() {
    for text in ["", "hello\n", "the quick brown fox\n", "\0\0\0\0", "7fELF"] {
        assert_eq!(Table::read(text.as_bytes()), Err(BadSymbols::Nothing));
    }
    let cut = Table::read(b"\x7fELF\x01\x02");
    assert!(matches!(cut, Err(BadSymbols::Elf(_))), "{cut:?}");
}

/// The smallest ELF file with a symbol table, big-endian.
fn elf() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x01\x02\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let half = |bytes: &mut Vec<u8>, n: u16| bytes.extend(n.to_be_bytes());
    // Executable, ARM; three sections behind the header of 52 bytes.
    half(&mut bytes, 2);
    half(&mut bytes, 40);
    bytes.extend(words_of(&[1, 0, 0, 52, 0]));
    for n in [52, 0, 0, 40, 4, 2] {
        half(&mut bytes, n);
    }
    let names = b"\0main\0counter\0$a\0";
    let symbols_at = 52 + 4 * 40;
    let names_at = symbols_at + 4 * 16;
    bytes.extend(words_of(&[0; 10]));
    let section = |kind: u32, at: u32, size: u32, link: u32, info: u32, entry: u32| {
        words_of(&[0, kind, 0, 0, at, size, link, info, 4, entry])
    };
    bytes.extend(section(2, symbols_at, 64, 2, 1, 16));
    bytes.extend(section(3, names_at, names.len() as u32, 0, 0, 0));
    bytes.extend(section(1, names_at, 0, 0, 0, 0)); // what the symbols lie in
    let symbol = |name: u32, value: u32, size: u32, info: u8| {
        let mut symbol = words_of(&[name, value, size]);
        symbol.extend([info, 0, 0, 3]);
        symbol
    };
    bytes.extend(symbol(0, 0, 0, 0));
    bytes.extend(symbol(1, 0x100, 0x40, 0x12));
    bytes.extend(symbol(6, 0x204, 4, 0x11));
    bytes.extend(symbol(14, 0x100, 0, 0x00));
    bytes.extend(names);
    bytes
}

#[test]
fn the_symbols_of_an_elf_file_are_read_without_its_marks() {
    let table = Table::read(&elf()).expect("ELF");
    assert_eq!(table.source, Source::Elf);
    assert_eq!(
        named(&table),
        [
            (0x100, 0x40, Kind::Code, "main"),
            (0x204, 4, Kind::Data, "counter")
        ]
    );
}

fn listing(text: &str) -> Table {
    Table::read(text.as_bytes()).expect(text)
}

#[test]
fn names_lie_where_the_program_lies() {
    let mut symbols = Symbols::default();
    assert!(symbols.is_empty() && symbols.at(0x100).is_none());
    let table = listing("00000100 T main\n00000140 00000010 T helper\n00000204 D counter\n");
    symbols.add("program", table, 0x4_8000, Some(0x4_8300));
    assert_eq!(symbols.address("main"), Some(0x4_8100));
    assert_eq!(symbols.words(0x4_8110), "0x48110 <main+0x10>");
    assert_eq!(symbols.words(0x4_8100), "0x48100 <main>");
    // Before the first, behind the last, behind one that says how long it is.
    for nowhere in [0x4_80FC, 0x4_8300, 0x4_8150, 0] {
        assert_eq!(symbols.at(nowhere), None, "{nowhere:#x}");
    }
    assert_eq!(symbols.at(0x4_8208).map(|n| n.name), Some("counter"));
    assert_eq!(symbols.function(0x4_8208), None);
    let functions: Vec<u32> = symbols.functions().collect();
    assert_eq!(functions, [0x4_8100, 0x4_8140]);
}

#[test]
fn a_later_table_counts_first_and_replaces_itself() {
    let mut symbols = Symbols::default();
    symbols.add("program", listing("00000100 T main\n"), 0x1000, None);
    symbols.add("extra", listing("00000100 T better\n"), 0x1000, None);
    assert_eq!(symbols.at(0x1104).map(|n| n.name), Some("better"));
    symbols.add("program", listing("00000100 T main\n"), 0x1000, None);
    assert_eq!(symbols.tables().count(), 2);
    assert_eq!(symbols.address("better"), Some(0x1100));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 64 } else { 1024 }))]

    #[test]
    fn no_file_can_do_harm(
        mut bytes in prop::sample::select(vec![
            program(&tables(&[("main", 0x100, 3), ("counter", 0x204, 5)])),
            elf(),
            b"00000100 T main\n00000140 00000010 T helper\n".to_vec(),
        ]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        address: u32,
        shift: u32,
    ) {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if address & 1 != 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(table) = Table::read(&bytes) {
            let mut symbols = Symbols::default();
            symbols.add("any", table, shift, None);
            symbols.at(address);
            symbols.functions().for_each(|at| drop(symbols.words(at)));
        }
    }
}
