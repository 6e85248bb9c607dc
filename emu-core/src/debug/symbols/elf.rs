//! Symbol tables of ELF files.

use super::{BadSymbols, Kind, MOST, Symbol, kept};
use object::{Object, ObjectSymbol, SymbolKind};

/// The names of functions and variables; without a symbol table there are none.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Symbol>, BadSymbols> {
    let file = object::File::parse(bytes);
    let file = file.map_err(|error| BadSymbols::Elf(error.to_string()))?;
    let mut symbols = Vec::new();
    for symbol in file.symbols().filter(|symbol| !symbol.is_undefined()) {
        let kind = match symbol.kind() {
            SymbolKind::Text => Kind::Code,
            SymbolKind::Data => Kind::Data,
            // Labels of assemblers.
            SymbolKind::Unknown | SymbolKind::Label => Kind::Either,
            _ => continue,
        };
        let (Ok(name), Ok(address)) = (symbol.name(), u32::try_from(symbol.address())) else {
            continue;
        };
        if symbols.len() == MOST {
            return Err(BadSymbols::TooMany);
        }
        symbols.push(Symbol {
            address,
            size: u32::try_from(symbol.size()).unwrap_or(0),
            kind,
            name: kept(name),
        });
    }
    Ok(symbols)
}
