//! Program files, sounds and disc volumes: what they are, and what is in them.
//!
//! | module | what it knows |
//! |---|---|
//! | [`aif`] | ARM image files, the 3DO header, the loader's rules |
//! | [`aiff`] | sampled sounds, and what their samples are worth |
//! | [`dsp_code`] | code words of the signal processor: encoder, decoder, text |
//! | [`dsp_file`] | instrument files: programs of the signal processor |
//! | [`identify`] | what a file that is no program is instead |
//! | [`linked_mem`] | the file system of NVRAM |
//! | [`opera_fs`] | the file system of a disc: reader and writer |
//!
//! Placing an image in memory is the kernel's work.

pub mod aif;
pub mod aiff;
pub mod dsp_code;
pub mod dsp_file;
mod error;
pub mod identify;
pub mod linked_mem;
pub mod opera_fs;
