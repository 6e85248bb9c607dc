//! Error codes of the Graphics folio (graphics sheet 3.4).

use crate::kernel::portfolio::errors::Status;

macro_rules! codes {
    ($( $name:ident = $value:literal; )*) => {
        $( pub(super) const $name: Status = Status($value as u32 as i32); )*
    };
}

codes! {
    BADITEM = 0xD55B_9001;
    BADTAG = 0xD55B_9002;
    BADTAGVAL = 0xD55B_9003;
    BADSUBTYPE = 0xD55B_9007;
    NOMEM = 0xD55B_9006;
    BADPTR = 0xD55B_9009;
    NOTOWNER = 0xD55B_9012;
    CELTIMEOUT = 0xD55B_9114;
    BADCLIP = 0xD55B_9115;
    BADVDLTYPE = 0xD55B_9116;
    INDEXRANGE = 0xD55B_9117;
    BUFWIDTH = 0xD55B_9118;
    COORDRANGE = 0xD55B_9119;
    VDLWIDTH = 0xD55B_911A;
    NOTYET = 0xD55B_911B;
    MIXEDSCREENS = 0xD55B_911C;
    BADDEADBOLT = 0xD55B_911E;
    PROOF_ERR = 0xD55B_9120;
    VDL_LENGTH = 0xD55B_9121;
    BADDISPDIMS = 0xD55B_9123;
    BADBITMAPSPEC = 0xD55B_9124;
    SGINUSE = 0xD55B_9126;
    SGNOTINUSE = 0xD55B_9127;
    GRAFNOTOPEN = 0xD55B_9128;
    NOWRITEACCESS = 0xD55B_9129;
    BADDISPLAYTYPE = 0xD55B_912A;
    MIXEDDISPLAYS = 0xD55B_912B;
}
