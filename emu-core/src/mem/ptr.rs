//! Guest pointers: typed addresses that nobody has checked yet.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

/// How a guest value or structure looks in memory.
pub trait GuestType {
    /// Bytes it takes in guest memory.
    const SIZE: u32;
    /// What a debugger should show for it.
    const KIND: FieldKind;
}

/// A guest type that is read and written whole: words, bytes, pointers, item numbers.
pub trait GuestValue: GuestType + Copy + Default {
    /// Decodes `SIZE` big-endian bytes.
    fn from_guest_bytes(bytes: &[u8]) -> Self;
    /// Encodes into `SIZE` big-endian bytes.
    fn to_guest_bytes(self, bytes: &mut [u8]);
}

/// What a debugger should show for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// An unsigned byte.
    Byte,
    /// A signed word.
    Signed,
    /// An unsigned word.
    Word,
    /// An address.
    Pointer,
    /// An item number.
    Item,
    /// A structure of that name.
    Struct(&'static str),
    /// Several of something.
    Array,
}

macro_rules! guest_word {
    ($type:ty, $size:literal, $kind:ident) => {
        impl GuestType for $type {
            const SIZE: u32 = $size;
            const KIND: FieldKind = FieldKind::$kind;
        }
        impl GuestValue for $type {
            fn from_guest_bytes(bytes: &[u8]) -> Self {
                let mut raw = [0; $size];
                raw.copy_from_slice(bytes);
                <$type>::from_be_bytes(raw)
            }
            fn to_guest_bytes(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_be_bytes());
            }
        }
    };
}
guest_word!(u8, 1, Byte);
guest_word!(u32, 4, Word);
guest_word!(i32, 4, Signed);

impl<T: GuestType, const N: usize> GuestType for [T; N] {
    const SIZE: u32 = T::SIZE * N as u32;
    const KIND: FieldKind = FieldKind::Array;
}

/// An address in guest memory that is said to hold a `T`.
///
/// It is an allegation by the guest until the memory door has checked it.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuestPtr<T: ?Sized> {
    addr: u32,
    #[serde(skip)]
    what: PhantomData<fn() -> T>,
}

impl<T: ?Sized> GuestPtr<T> {
    /// The null pointer.
    pub const NULL: Self = Self::new(0);

    /// A pointer to `addr`.
    pub const fn new(addr: u32) -> Self {
        GuestPtr {
            addr,
            what: PhantomData,
        }
    }

    /// The address.
    pub const fn addr(self) -> u32 {
        self.addr
    }

    /// Whether this is the null pointer.
    pub const fn is_null(self) -> bool {
        self.addr == 0
    }

    /// The same address, seen as another type.
    pub const fn cast<U: ?Sized>(self) -> GuestPtr<U> {
        GuestPtr::new(self.addr)
    }

    /// The address `bytes` further, modulo 2^32.
    pub const fn byte_add(self, bytes: u32) -> Self {
        Self::new(self.addr.wrapping_add(bytes))
    }
}

impl<S> GuestPtr<S> {
    /// The address of one field of the structure.
    pub const fn at<F>(self, field: Field<S, F>) -> GuestPtr<F> {
        GuestPtr::new(self.addr.wrapping_add(field.offset))
    }

    /// Element `n` of an array that starts here.
    pub const fn index(self, n: u32) -> Self
    where
        S: GuestType,
    {
        Self::new(self.addr.wrapping_add(S::SIZE.wrapping_mul(n)))
    }
}

impl<T: ?Sized> Clone for GuestPtr<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for GuestPtr<T> {}
impl<T: ?Sized> Default for GuestPtr<T> {
    fn default() -> Self {
        Self::NULL
    }
}
impl<T: ?Sized> PartialEq for GuestPtr<T> {
    fn eq(&self, other: &Self) -> bool {
        self.addr == other.addr
    }
}
impl<T: ?Sized> Eq for GuestPtr<T> {}
impl<T: ?Sized> fmt::Debug for GuestPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.addr)
    }
}

impl<T: ?Sized> GuestType for GuestPtr<T> {
    const SIZE: u32 = 4;
    const KIND: FieldKind = FieldKind::Pointer;
}
impl<T: ?Sized> GuestValue for GuestPtr<T> {
    fn from_guest_bytes(bytes: &[u8]) -> Self {
        Self::new(u32::from_guest_bytes(bytes))
    }
    fn to_guest_bytes(self, bytes: &mut [u8]) {
        self.addr.to_guest_bytes(bytes);
    }
}

/// Where a field of type `F` stands inside the structure `S`.
pub struct Field<S, F> {
    offset: u32,
    what: PhantomData<fn() -> (S, F)>,
}

impl<S, F> Field<S, F> {
    /// A field `offset` bytes from the start of its structure.
    pub const fn new(offset: u32) -> Self {
        Field {
            offset,
            what: PhantomData,
        }
    }

    /// Bytes from the start of the structure.
    pub const fn offset(self) -> u32 {
        self.offset
    }
}
impl<S, F> Clone for Field<S, F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S, F> Copy for Field<S, F> {}

/// The zero-terminated bytes a guest calls a string.
#[derive(Clone, Copy, Debug)]
pub enum CString {}
