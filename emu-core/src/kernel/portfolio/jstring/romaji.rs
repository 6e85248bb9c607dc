//! Japanese in Latin letters: Hepburn is written, Hepburn and Kunrei are read.

/// Katakana and how it is written. What is written in two ways stands twice: the first is used.
#[rustfmt::skip]
const SYLLABLES: &[(&str, &str)] = &[
    ("キャ", "kya"), ("キュ", "kyu"), ("キョ", "kyo"), ("ギャ", "gya"), ("ギュ", "gyu"), ("ギョ", "gyo"),
    ("シャ", "sha"), ("シュ", "shu"), ("ショ", "sho"), ("シェ", "she"), ("ジャ", "ja"), ("ジュ", "ju"),
    ("ジョ", "jo"), ("ジェ", "je"), ("チャ", "cha"), ("チュ", "chu"), ("チョ", "cho"), ("チェ", "che"),
    ("ヂャ", "dya"), ("ヂュ", "dyu"), ("ヂョ", "dyo"),
    ("ニャ", "nya"), ("ニュ", "nyu"), ("ニョ", "nyo"), ("ヒャ", "hya"), ("ヒュ", "hyu"), ("ヒョ", "hyo"),
    ("ビャ", "bya"), ("ビュ", "byu"), ("ビョ", "byo"), ("ピャ", "pya"), ("ピュ", "pyu"), ("ピョ", "pyo"),
    ("ミャ", "mya"), ("ミュ", "myu"), ("ミョ", "myo"), ("リャ", "rya"), ("リュ", "ryu"), ("リョ", "ryo"),
    ("ファ", "fa"), ("フィ", "fi"), ("フェ", "fe"), ("フォ", "fo"), ("ウィ", "wi"), ("ウェ", "we"),
    ("ヴァ", "va"), ("ヴィ", "vi"), ("ヴェ", "ve"), ("ヴォ", "vo"), ("ツァ", "tsa"), ("ツィ", "tsi"),
    ("ツェ", "tse"), ("ツォ", "tso"), ("ティ", "thi"), ("ディ", "dhi"), ("トゥ", "twu"), ("ドゥ", "dwu"),
    ("ア", "a"), ("イ", "i"), ("ウ", "u"), ("エ", "e"), ("オ", "o"),
    ("カ", "ka"), ("キ", "ki"), ("ク", "ku"), ("ケ", "ke"), ("コ", "ko"),
    ("ガ", "ga"), ("ギ", "gi"), ("グ", "gu"), ("ゲ", "ge"), ("ゴ", "go"),
    ("サ", "sa"), ("シ", "shi"), ("ス", "su"), ("セ", "se"), ("ソ", "so"),
    ("ザ", "za"), ("ジ", "ji"), ("ズ", "zu"), ("ゼ", "ze"), ("ゾ", "zo"),
    ("タ", "ta"), ("チ", "chi"), ("ツ", "tsu"), ("テ", "te"), ("ト", "to"),
    ("ダ", "da"), ("ヂ", "di"), ("ヅ", "du"), ("デ", "de"), ("ド", "do"),
    ("ナ", "na"), ("ニ", "ni"), ("ヌ", "nu"), ("ネ", "ne"), ("ノ", "no"),
    ("ハ", "ha"), ("ヒ", "hi"), ("フ", "fu"), ("ヘ", "he"), ("ホ", "ho"),
    ("バ", "ba"), ("ビ", "bi"), ("ブ", "bu"), ("ベ", "be"), ("ボ", "bo"),
    ("パ", "pa"), ("ピ", "pi"), ("プ", "pu"), ("ペ", "pe"), ("ポ", "po"),
    ("マ", "ma"), ("ミ", "mi"), ("ム", "mu"), ("メ", "me"), ("モ", "mo"),
    ("ヤ", "ya"), ("ユ", "yu"), ("ヨ", "yo"),
    ("ラ", "ra"), ("リ", "ri"), ("ル", "ru"), ("レ", "re"), ("ロ", "ro"),
    ("ワ", "wa"), ("ヰ", "wyi"), ("ヱ", "wye"), ("ヲ", "wo"), ("ヴ", "vu"),
    ("ァ", "xa"), ("ィ", "xi"), ("ゥ", "xu"), ("ェ", "xe"), ("ォ", "xo"), ("ャ", "xya"), ("ュ", "xyu"),
    ("ョ", "xyo"), ("ヮ", "xwa"), ("ヵ", "xka"), ("ヶ", "xke"), ("ッ", "xtsu"),
    // Kunrei, and other ways to type.
    ("シ", "si"), ("チ", "ti"), ("ツ", "tu"), ("フ", "hu"), ("ジ", "zi"), ("シャ", "sya"), ("シュ", "syu"),
    ("ショ", "syo"), ("チャ", "tya"), ("チュ", "tyu"), ("チョ", "tyo"), ("ジャ", "zya"), ("ジュ", "zyu"),
    ("ジョ", "zyo"), ("ッ", "xtu"), ("ー", "-"), ("。", "."), ("、", ","),
];

const VOWELS: &str = "aiueo";
/// The most letters of a syllable.
const LONGEST: usize = 4;

/// Reads romaji; letters that are no syllable are `None`, what are no letters stays.
pub(super) fn to_katakana(text: &[Option<char>]) -> Vec<Option<char>> {
    let lower = |n: usize| {
        let character = text.get(n).copied().flatten()?;
        Some(character.to_ascii_lowercase())
    };
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&character) = text.get(at) {
        let Some(letter) = lower(at).filter(|c| c.is_ascii_alphabetic() || *c == '-') else {
            out.push(character);
            at += 1;
            continue;
        };
        let next = lower(at + 1);
        let is_consonant = letter != '-' && !VOWELS.contains(letter);
        // A doubled consonant; "tch" is one too.
        if is_consonant
            && letter != 'n'
            && (next == Some(letter) || letter == 't' && next == Some('c'))
        {
            out.push(Some('ッ'));
            at += 1;
            continue;
        }
        let spelled: String = (0..LONGEST).map_while(|n| lower(at + n)).collect();
        let syllable = SYLLABLES
            .iter()
            .filter(|(kana, roman)| spelled.starts_with(roman) && !matches!(*kana, "。" | "、"))
            .max_by_key(|(_, roman)| roman.len());
        match syllable {
            Some((kana, roman)) => {
                out.extend(kana.chars().map(Some));
                at += roman.len();
            }
            None if letter == 'n' => {
                out.push(Some('ン'));
                at += if next == Some('\'') { 2 } else { 1 };
            }
            // "shimbun"
            None if letter == 'm' && next.is_some_and(|c| "bp".contains(c)) => {
                out.push(Some('ン'));
                at += 1;
            }
            None => {
                out.push(None);
                at += 1;
            }
        }
    }
    out
}

/// Writes katakana in Latin letters; what is neither that nor ASCII is `None`.
pub(super) fn from_katakana(text: &[Option<char>]) -> Vec<Option<char>> {
    let mut out: Vec<Option<char>> = Vec::with_capacity(text.len() * 2);
    let mut at = 0;
    while let Some(&character) = text.get(at) {
        let (roman, length) = match character {
            Some('ン') => {
                let (next, _) = spell(text, at + 1).unwrap_or(("", 0));
                let ambiguous = next.starts_with(|c| VOWELS.contains(c) || c == 'y');
                (Some(if ambiguous { "n'" } else { "n" }), 1)
            }
            Some('ッ') => {
                let (next, _) = spell(text, at + 1).unwrap_or(("", 0));
                let doubled = next
                    .get(..1)
                    .filter(|c| !VOWELS.contains(c) && !matches!(*c, "n" | "x" | "-" | "." | ","));
                let doubled = if next.starts_with("ch") {
                    Some("t")
                } else {
                    doubled
                };
                (Some(doubled.unwrap_or("xtsu")), 1)
            }
            _ => match spell(text, at) {
                Some((roman, length)) => (Some(roman), length),
                None => (None, 1),
            },
        };
        match (roman, character) {
            (Some(roman), _) => out.extend(roman.chars().map(Some)),
            (None, Some(c)) if c.is_ascii() => out.push(Some(c)),
            (None, _) => out.push(None),
        }
        at += length;
    }
    out
}

/// The letters of the longest syllable at a place, and how many kana it is.
fn spell(text: &[Option<char>], at: usize) -> Option<(&'static str, usize)> {
    let one = text.get(at).copied().flatten()?;
    let two = text.get(at + 1).copied().flatten();
    let is = |kana: &str, count: usize| {
        let mut characters = kana.chars();
        characters.next() == Some(one)
            && (count == 1 || characters.next() == two)
            && characters.next().is_none()
    };
    [2, 1].into_iter().find_map(|count| {
        let mut pairs = SYLLABLES.iter();
        let found = pairs.find(|(kana, _)| kana.chars().count() == count && is(kana, count));
        found.map(|(_, roman)| (*roman, count))
    })
}
