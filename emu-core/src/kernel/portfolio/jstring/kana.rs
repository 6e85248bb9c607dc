//! Hiragana, katakana, and katakana of half width.
//!
//! Texts are worked on as katakana; the other two are written from it.

/// Katakana of full width for U+FF61 and on, in the order of JIS X 0201.
const HALF: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
/// What takes a voiced mark, and what it becomes.
const VOICED: &str =
    "カガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴ";
/// The same of the half-voiced mark.
const HALF_VOICED: &str = "ハパヒピフプヘペホポ";
const VOICED_MARK: char = '゛';
const HALF_VOICED_MARK: char = '゜';
const FIRST_HALF: u32 = 0xFF61;
/// From hiragana to katakana.
const BETWEEN: u32 = 0x60;

/// The partner of a character in a string of pairs.
fn partner(pairs: &str, character: char, forward: bool) -> Option<char> {
    let mut characters = pairs.chars();
    while let (Some(one), Some(other)) = (characters.next(), characters.next()) {
        match forward {
            true if one == character => return Some(other),
            false if other == character => return Some(one),
            _ => (),
        }
    }
    None
}

/// The katakana of full width, mark or sign for a kana of any kind.
pub(super) fn to_full(character: char) -> Option<char> {
    let code = u32::from(character);
    match character {
        'ァ'..='ヶ' | 'ー' | '・' | '。' | '「' | '」' | '、' | '゛' | '゜' => {
            Some(character)
        }
        'ぁ'..='ん' => char::from_u32(code + BETWEEN),
        '\u{FF61}'..='\u{FF9F}' => HALF.chars().nth((code - FIRST_HALF) as usize),
        _ => None,
    }
}

/// Makes katakana of full width of all kana; a mark joins the kana in front of it.
pub(super) fn unite(text: &[Option<char>]) -> Vec<Option<char>> {
    let mut united: Vec<Option<char>> = Vec::with_capacity(text.len());
    for &character in text {
        let character = character.map(|c| to_full(c).unwrap_or(c));
        let pairs = match character {
            Some(VOICED_MARK) => VOICED,
            Some(HALF_VOICED_MARK) => HALF_VOICED,
            _ => "",
        };
        let before = united.last().copied().flatten();
        let joined = before.and_then(|before| partner(pairs, before, true));
        match (joined, united.last_mut()) {
            (Some(joined), Some(last)) => *last = Some(joined),
            _ => united.push(character),
        }
    }
    united
}

/// Hiragana for katakana of full width. Two of those have none.
pub(super) fn to_hiragana(character: char) -> Option<[Option<char>; 2]> {
    match character {
        'ァ'..='ン' => Some([char::from_u32(u32::from(character) - BETWEEN), None]),
        'ヴ' => Some([Some('う'), Some(VOICED_MARK)]),
        'ヵ' | 'ヶ' => None,
        _ if character.is_ascii() => Some([Some(character), None]),
        _ => to_full(character).map(|sign| [Some(sign), None]),
    }
}

/// Katakana of half width, with its mark behind it. Five of full width have none.
pub(super) fn to_half(character: char) -> Option<[Option<char>; 2]> {
    let half = |full: char| {
        let index = HALF.chars().position(|c| c == full)?;
        char::from_u32(FIRST_HALF + index as u32)
    };
    if character.is_ascii() {
        return Some([Some(character), None]);
    }
    if let Some(half) = half(character) {
        return Some([Some(half), None]);
    }
    let marked = |pairs, mark| Some([half(partner(pairs, character, false)?), half(mark)]);
    marked(VOICED, VOICED_MARK).or_else(|| marked(HALF_VOICED, HALF_VOICED_MARK))
}

fn is_katakana(character: char) -> bool {
    matches!(character, 'ァ'..='ヶ' | 'ー' | '\u{FF61}'..='\u{FF9F}' | '゛' | '゜')
}

/// Writes katakana in half or in full width; all else stays.
pub(super) fn with_width(text: &[Option<char>], half: bool) -> Vec<Option<char>> {
    let mut out = Vec::with_capacity(text.len());
    for run in text.chunk_by(|a, b| a.is_some_and(is_katakana) == b.is_some_and(is_katakana)) {
        if !run.first().copied().flatten().is_some_and(is_katakana) {
            out.extend(run);
            continue;
        }
        for character in unite(run) {
            match character.and_then(to_half).filter(|_| half) {
                Some(pair) => out.extend(pair.into_iter().flatten().map(Some)),
                None => out.push(character),
            }
        }
    }
    out
}
