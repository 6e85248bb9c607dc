//! What kernels may ask of a drive beside reading: commands about sound.
//!
//! No program of Portfolio can give them, whose commands are one byte (Mach sheet 2.4, 5.4).

/// Control command: plays sound. The send buffer has two words, big-endian: the absolute frame
/// to begin with, and the one to stop before.
pub const CMD_PLAY: u16 = 0x100;
/// Control command: stops playing where it is, so that [`CMD_RESUME`] goes on.
pub const CMD_PAUSE: u16 = 0x101;
/// Control command: goes on playing after [`CMD_PAUSE`].
pub const CMD_RESUME: u16 = 0x102;
/// Control command: stops playing, and the disc if nothing else is asked of the drive.
pub const CMD_STOP: u16 = 0x103;
/// Control command: lets a disc that stands still turn, and ends when it does.
pub const CMD_START: u16 = 0x104;
/// Control command: opens the drawer, as the drive's own command does.
pub const CMD_EJECT: u16 = 0x105;
/// Control command: sets the volume of four channels; the send buffer has a byte for each.
pub const CMD_SET_VOLUME: u16 = 0x106;
/// Control command: the volume of four channels, a byte for each.
pub const CMD_READ_VOLUME: u16 = 0x107;
/// Control command: what is played, and where the head is: [`POSITION_SIZE`] bytes.
///
/// | byte | what |
/// |---|---|
/// | 0 | one of [`AUDIO_PLAYING`], [`AUDIO_PAUSED`], [`AUDIO_COMPLETED`], [`AUDIO_NONE`] |
/// | 1, 2 | track and index; index 0 is the gap before the track |
/// | 3 | kind of entry in the high nibble, kind of track (4: data) in the low one |
/// | 4 to 7 | absolute frame, big-endian |
/// | 8 to 11 | frame from the start of the track, big-endian; negative in the gap before it |
///
/// Of a disc that is not known yet all but the first byte are 0.
pub const CMD_POSITION: u16 = 0x108;

/// Bytes that [`CMD_PLAY`] is sent with.
pub const PLAY_SIZE: u32 = 8;
/// Bytes of a volume.
pub const VOLUME_SIZE: u32 = 4;
/// Bytes of the answer to [`CMD_POSITION`].
pub const POSITION_SIZE: u32 = 12;

/// State of sound: it plays, or will when the head is there.
pub const AUDIO_PLAYING: u8 = 0x11;
/// State of sound: it waits for [`CMD_RESUME`].
pub const AUDIO_PAUSED: u8 = 0x12;
/// State of sound: all that was asked for has been played.
pub const AUDIO_COMPLETED: u8 = 0x13;
/// State of sound: there is nothing to say.
pub const AUDIO_NONE: u8 = 0x15;
