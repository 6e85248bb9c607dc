//! One declaration per guest structure: field, type, offset.
//!
//! From it come typed access ([`GuestPtr::at`]), the debugger's struct view and the size
//! tests; guest memory is the only copy of the structure's contents.

#[cfg(doc)]
use super::ptr::GuestPtr;
use super::ptr::{FieldKind, GuestType};

/// A declared guest structure.
pub trait GuestStruct: GuestType {
    /// Its name in the guest's headers.
    const NAME: &'static str;
    /// Its fields in order of their offsets.
    const FIELDS: &'static [FieldInfo];
}

/// One field, for struct views, generated include files and tests.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Name in the guest's spelling.
    pub name: &'static str,
    /// Bytes from the start of the structure.
    pub offset: u32,
    /// Bytes it takes.
    pub size: u32,
    /// What it is.
    pub kind: FieldKind,
}

/// One structure as data, for lists of all structures.
#[derive(Clone, Copy, Debug)]
pub struct StructInfo {
    /// Name in the guest's headers.
    pub name: &'static str,
    /// Size in bytes.
    pub size: u32,
    /// Fields in order.
    pub fields: &'static [FieldInfo],
}

impl StructInfo {
    /// The description of `S`.
    pub const fn of<S: GuestStruct>() -> StructInfo {
        StructInfo {
            name: S::NAME,
            size: S::SIZE,
            fields: S::FIELDS,
        }
    }
}

/// Declares a guest structure.
#[macro_export]
macro_rules! guest_struct {
    ($(#[$meta:meta])* $name:ident, size $size:literal {
        $( $offset:literal $field:ident : $type:ty ),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}
        #[allow(non_upper_case_globals, missing_docs)]
        impl $name {
            $( pub const $field: $crate::mem::Field<$name, $type> = $crate::mem::Field::new($offset); )*
        }
        impl $crate::mem::GuestType for $name {
            const SIZE: u32 = $size;
            const KIND: $crate::mem::FieldKind = $crate::mem::FieldKind::Struct(stringify!($name));
        }
        impl $crate::mem::GuestStruct for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [$crate::mem::FieldInfo] = &[
                $( $crate::mem::FieldInfo {
                    name: stringify!($field),
                    offset: $offset,
                    size: <$type as $crate::mem::GuestType>::SIZE,
                    kind: <$type as $crate::mem::GuestType>::KIND,
                } ),*
            ];
        }
    };
}
