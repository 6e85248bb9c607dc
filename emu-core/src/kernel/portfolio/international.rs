//! International folio: numbers, dates and texts of a country.
//!
//! SDK header intl.h.

use crate::calls;

calls! { pub(crate) CALLS: International;
    missing vec 1 FormatNumber;
    missing vec 2 FormatDate;
    missing vec 3 TransliterateString;
    missing vec 4 CompareStrings;
    missing vec 5 ConvertString;
    missing vec 6 GetCharAttrs;
}
