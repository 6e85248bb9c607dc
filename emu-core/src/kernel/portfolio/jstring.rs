//! JString folio: Japanese text from one encoding to another.
//!
//! SDK header jstring.h.

use crate::calls;

calls! { pub(crate) CALLS: Jstring;
    missing vec 1 ShiftJIS2UniCode;
    missing vec 2 UniCode2ShiftJIS;
    missing vec 3 ShiftJIS2ASCII;
    missing vec 4 ASCII2ShiftJIS;
    missing vec 5 Romaji2Hiragana;
    missing vec 6 Romaji2FullKana;
    missing vec 7 Romaji2HalfKana;
    missing vec 8 Hiragana2Romaji;
    missing vec 9 Hiragana2FullKana;
    missing vec 10 Hiragana2HalfKana;
    missing vec 11 FullKana2Hiragana;
    missing vec 12 FullKana2HalfKana;
    missing vec 13 FullKana2Romaji;
    missing vec 14 HalfKana2Hiragana;
    missing vec 15 HalfKana2FullKana;
    missing vec 16 HalfKana2Romaji;
}
