//! Calls that are known by name and not written yet.

use crate::calls;

calls! { pub(crate) CALLS: Mach;
    missing trap 30 vm_read_overwrite;
    missing trap 31 vm_write;
    missing trap 64 vm_map;
    missing trap 91 vm_protect;
}
