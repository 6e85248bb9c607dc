//! Every published error number: symbol, sentence, what usually causes it.

/// One error number of one class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) number: u8,
    pub(super) symbol: &'static str,
    /// A shorter symbol of the kernel's headers, or empty.
    pub(super) short: &'static str,
    /// One sentence without its full stop.
    pub(super) text: &'static str,
    /// What usually causes it and what to do.
    pub(super) advice: &'static str,
}

/// What issues errors: the object and the two characters in its codes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Module {
    /// The object, or 0 where any will do.
    pub(super) object: u8,
    pub(super) id: [u8; 2],
    pub(super) name: &'static str,
    pub(super) own: &'static [Entry],
}

const fn module(object: u8, id: &[u8; 2], name: &'static str, own: &'static [Entry]) -> Module {
    Module {
        object,
        id: *id,
        name,
        own,
    }
}

pub(super) const MODULES: &[Module] = &[
    module(b'F', b"Kr", "kernel", KERNEL),
    module(b'F', b"FS", "file folio", FILE),
    module(b'F', b"Gr", "graphics folio", GRAPHICS),
    module(b'F', b"Au", "audio folio", AUDIO),
    module(b'F', b"IN", "international folio", INTERNATIONAL),
    module(b'F', b"CO", "compression folio", COMPRESSION),
    module(b'F', b"JS", "Japanese text folio", JAPANESE),
    module(b'D', b"CD", "CD-ROM device", &[]),
    module(b'D', b"TM", "timer device", &[]),
    module(b'D', b"CP", "control port device", &[]),
    module(b'D', b"CO", "codec device", &[]),
    module(b'T', b"EB", "event broker", EVENT_BROKER),
    module(0, b"AC", "access library", &[]),
    module(0, b"Mu", "music library", &[]),
    module(0, b"MD", "memory debugger", &[]),
    module(0, b"DS", "data streaming library", &[]),
];

/// Rows: number, symbol, short symbol, sentence, advice.
macro_rules! entries {
    ($(#[$meta:meta])* $table:ident: $($number:literal $symbol:literal $short:literal $text:literal $advice:literal;)*) => {
        $(#[$meta])*
        pub(super) const $table: &[Entry] = &[$(Entry {
            number: $number,
            symbol: $symbol,
            short: $short,
            text: $text,
            advice: $advice,
        }),*];
    };
}

entries! {
    /// Class "standard": the same numbers in every module.
    STANDARD:
    1 "ER_BadItem" "BADITEM" "There is no such item, or it is of the wrong type"
        "The item was deleted, never created (an unchecked negative result of the call that should have created it), or is of another kind. Look at where the number comes from.";
    2 "ER_BadTagArg" "BADTAG" "A tag is not known to this kind of item"
        "Check the tag numbers against the item type, and that the list ends with TAG_END.";
    3 "ER_BadTagArgVal" "BADTAGVAL" "The value of a tag is not acceptable"
        "A required tag is missing, two tags contradict each other, or a value is out of range.";
    4 "ER_NotPrivileged" "BADPRIV" "The caller has no right to do this"
        "Only the owner of an item, or a privileged task, may change it; some calls and signal bits are the system's alone.";
    5 "ER_NotFound" "" "Nothing of that name exists"
        "Check the spelling (case does not matter) and that the item has been created and not deleted.";
    6 "ER_NoMem" "NOMEM" "There is not enough memory"
        "Memory is used up or no run of free pages is long enough; an item name longer than 253 characters and a refused item size give this code too.";
    7 "ER_BadSubType" "BADSUBTYPE" "The folio does not support this type for this call"
        "The node type is not one of the folio's, or items of this type cannot be searched, opened or re-prioritised.";
    8 "ER_SoftErr" "" "An internal inconsistency was found"
        "The module that issued the code lost track of its own data.";
    9 "ER_BadPtr" "BADPTR" "An address is not acceptable memory"
        "A pointer is null or wild, a range leaves memory, a length is negative, or a receive buffer is not the caller's to write. The file system also issues this code when the NVRAM is full.";
    10 "ER_Aborted" "ABORTED" "The operation was aborted"
        "AbortIO, the deletion of the request, or revoked memory ended it; normal after AbortIO.";
    11 "ER_BadUnit" "BADUNIT" "The device has no such unit"
        "ioi_Unit is larger than the device's highest unit; an uninitialised IOInfo is the usual cause.";
    12 "ER_BadCommand" "BADCOMMAND" "The driver does not know the command"
        "ioi_Command is not one of the device's commands; check that the request belongs to the device that is meant.";
    13 "ER_BadIOArg" "BADIOARG" "A field of the IOInfo is not acceptable"
        "A length, alignment, option or flag is wrong for the command. Clear the whole IOInfo before filling it.";
    14 "ER_BadName" "BADNAME" "A name is missing or not acceptable"
        "Names must be given where required and be printable ASCII.";
    15 "ER_IONotDone" "" "The request is still in progress"
        "A request can be sent again only after it has completed: WaitIO or CheckIO first, or use a second request.";
    16 "ER_NotSupported" "NOSUPPORT" "This is not supported"
        "The combination of call and object makes no sense to the module; see the page of the call.";
    17 "ER_IOIncomplete" "IOINCOMPLETE" "The transfer ended with bytes left over"
        "io_Actual says how much was done.";
    18 "ER_NotOwner" "NOTOWNER" "The caller does not own the item"
        "Another task created the item or holds the message; requests, ports and messages can only be used by their holder.";
    19 "ER_DeviceOffline" "" "The device is off line"
        "No disc, an open door, or a mounted volume that is gone.";
    20 "ER_DeviceError" "" "The hardware failed"
        "The drive reported trouble or did not answer in time.";
    21 "ER_MediaError" "" "The medium cannot be read"
        "A block stayed unreadable after all retries; check the disc image.";
    22 "ER_EndOfMedium" "" "The place is beyond the end of the medium or file"
        "ioi_Offset plus the length exceeds the size; offsets count in blocks on block devices, not in bytes.";
    23 "ER_ParamError" "" "The operation or its parameters are illegal"
        "The device understood the command but cannot do it with these values.";
    24 "ER_NoSignals" "" "No signal is left"
        "A task has 23 signals; free those that are not used any more.";
    25 "ER_NoHardware" "" "The hardware is missing"
        "The machine does not have what the call is for.";
}

entries! {
    /// The kernel's own class.
    KERNEL:
    1 "ER_Kr_BadType" "" "No folio exists for that node id"
        "The subsystem number of the node id is wrong, or its folio is not loaded.";
    3 "ER_Kr_RsrcTblOvfFlw" "" "The task's table of resources is full"
        "The task owns and has open more items than the table holds.";
    4 "ER_Kr_BadDrvrItem" "" "The item is not a driver"
        "A device was created with something else as its driver.";
    5 "ER_Kr_ItemNotOpen" "" "The caller has not opened the item"
        "Open the device before creating requests for it; each task opens for itself, and once per CloseItem.";
    6 "ER_Kr_ItemTableFull" "" "No item number is left"
        "4096 items exist; something creates items and never deletes them.";
    7 "ER_Kr_BadMemCmd" "" "The ControlMem command is not acceptable"
        "The command is unknown, or grants write access to task 0.";
    8 "ER_Kr_NoSigs" "" "No signal is left for the port"
        "A port without a signal of its own takes one from the task; 23 are available.";
    9 "ER_Kr_MsgSent" "" "The message is already queued on a port"
        "Fetch it with GetMsg or wait for the reply before sending it again.";
    10 "ER_Kr_NoReplyPort" "" "The reply port is gone"
        "The port was deleted while messages that name it were still under way.";
    11 "ER_Kr_BadSize" "BADSIZE" "A size is out of range"
        "The data is larger than the message's buffer, or an explicit item size is not allowed.";
    12 "ER_Kr_BadPriority" "" "The priority is out of range"
        "Programs may use 10 to 199.";
    13 "ER_Kr_ThreadError" "" "A thread may not do this"
        "Threads cannot create programs.";
    14 "ER_Kr_BadQuanta" "" "The quantum is out of range"
        "5000 to 1000000 microseconds are allowed.";
    15 "ER_Kr_BadStackSize" "" "The stack is too small"
        "A program needs 256 bytes, a thread 128.";
    16 "ER_Kr_NoTimer" "" "No hardware timer is left"
        "All timers are taken.";
    17 "ER_Kr_CantOpen" "" "The item cannot be opened"
        "The item is not ready yet, or is of a kind that is not opened.";
    18 "ER_Kr_RSAFail" "" "The signature check failed"
        "The file is not signed, or was changed after it was signed.";
    19 "ER_Kr_NoXBusHardware" "" "The expansion bus is empty"
        "There is no device on the bus.";
    20 "ER_Kr_XBUSOverFlow" "" "There are too many devices on the expansion bus"
        "The bus has room for fewer devices.";
    21 "ER_Kr_ReplyPortNeeded" "" "A message needs a reply port"
        "Give the tag of the reply port when the message is created.";
    22 "ER_Kr_IllegalSignal" "ILLEGALSIGNAL" "A signal mask is not acceptable"
        "The mask has a bit that the receiver has not allocated, a system bit, or bit 31.";
    23 "ER_Kr_BadLockArg" "" "The flags of LockItem are not acceptable"
        "Only SEM_WAIT is known.";
    24 "ER_Kr_BadAIFHeader" "BADAIF" "The file is not a program"
        "The AIF header is damaged or missing: wrong exit word or sizes.";
    25 "ER_Kr_CantSetOwner" "" "Ownership cannot be given away"
        "The item is locked, or the new owner is not in the same program.";
    26 "ER_Kr_ItemStillOpened" "" "Somebody still has the item open"
        "A device or folio can be deleted only when its open count is zero.";
    27 "ER_Kr_UniqueItemExists" "" "An item with that unique name exists"
        "Choose another name, or use the item that exists.";
    28 "ER_Kr_BadExitStatus" "" "An exit status was negative"
        "Programs end with a status of zero or more; the status is kept as it is.";
    29 "ER_Kr_TaskKilled" "KILLED" "The task was killed"
        "Another task deleted it; this is its exit status.";
}

entries! {
    /// The file system's own class.
    FILE:
    1 "ER_Fs_NoFile" "" "There is no such file"
        "Check the path and the current directory; case does not matter on a disc.";
    2 "ER_Fs_NotADirectory" "" "Something in the path is not a directory"
        "A file stands where the path needs a directory.";
    3 "ER_Fs_NoFileSystem" "" "There is no such file system"
        "The first part of the path names no mounted volume.";
    4 "ER_Fs_BadName" "" "A file name is not acceptable"
        "The name is empty, too long, or has characters that are not allowed.";
    5 "ER_Fs_MediaError" "" "The volume cannot be read"
        "A block of the medium stayed unreadable.";
    6 "ER_Fs_Offline" "" "The volume is off line"
        "The disc was taken out.";
    7 "ER_Fs_DeviceError" "" "The device under the file system failed"
        "The drive reported trouble.";
    8 "ER_Fs_ParamError" "" "A parameter is not acceptable"
        "An offset or length does not fit the file, or is not a multiple of its block size.";
    9 "ER_Fs_NoSpace" "" "The volume is full"
        "Delete something first. When the NVRAM is full the shipped system issues number 9 of the standard class instead.";
    10 "ER_Fs_Damaged" "" "The volume is damaged"
        "Its structures contradict each other.";
    11 "ER_Fs_Busy" "" "The volume or file is in use"
        "Close the files first.";
    12 "ER_Fs_DuplicateFile" "" "A file of that name exists"
        "Delete it first, or use it.";
    13 "ER_Fs_ReadOnly" "" "The volume cannot be written"
        "Discs are read only; programs save to the NVRAM.";
    14 "ER_Fs_DuplicateLink" "" "A link of that name exists"
        "Choose another name.";
    15 "ER_Fs_CircularLink" "" "Links lead in a circle"
        "A link leads back to itself.";
}

entries! {
    /// The event broker's own class.
    EVENT_BROKER:
    1 "ER_EB_NoSuch" "" "There is no such thing"
        "Declared; the shipped event broker never issues it.";
}

entries! {
    /// The compression folio's own class.
    COMPRESSION:
    1 "COMP_ERR_DATAREMAINS" "" "Data was fed after the end of the stream"
        "The stream ended before the input did.";
    2 "COMP_ERR_DATAMISSING" "" "The stream stopped in the middle"
        "The input is cut short.";
    3 "COMP_ERR_OVERFLOW" "" "The result does not fit into the buffer"
        "Issued by SimpleCompress and SimpleDecompress only, which are code of the program's own.";
}

entries! {
    /// The international folio's own class.
    INTERNATIONAL:
    1 "INTL_ERR_BADRESULTBUFFER" "" "The result buffer is null or cannot be written" "Look at where the pointer comes from.";
    2 "INTL_ERR_BUFFERTOOSMALL" "" "The result does not fit into the buffer" "The size is in bytes, a character takes two, and so does the end.";
    3 "INTL_ERR_BADNUMERICSPEC" "" "The NumericSpec cannot be read" "Take one from the Locale, or fill in all its fields.";
    4 "INTL_ERR_FRACTOOLARGE" "" "The fraction is a whole or more" "It is in billionths: at most 999999999.";
    5 "INTL_ERR_IMPOSSIBLEDATE" "" "There is no such date" "Declared; the calls issue BADGREGORIANDATE.";
    6 "INTL_ERR_BADGREGORIANDATE" "" "The GregorianDate is not valid" "Months and days count from 1; see the header for the ranges.";
    7 "INTL_ERR_BADDATESPEC" "" "The DateSpec cannot be read or has an unknown command" "See the page of intlFormatDate.";
    8 "INTL_ERR_CANTFINDCOUNTRY" "" "The country is not known" "Declared; no call issues it here.";
    9 "INTL_ERR_BADCHARACTERSET" "" "There is no such character set, or no way between the two" "See CharacterSets in the header.";
    10 "INTL_ERR_BADSOURCEBUFFER" "" "The string cannot be read" "Look at where the pointer comes from, and whether the string has an end.";
    11 "INTL_ERR_BADFLAGS" "" "Flags contradict each other or are unknown" "See the page of intlConvertString.";
}

entries! {
    /// The Japanese text folio's own class.
    JAPANESE:
    1 "JSTR_ERR_BUFFERTOOSMALL" "" "The result does not fit into the buffer" "What fits is there; make the buffer larger.";
}

entries! {
    /// The graphics folio's own class.
    GRAPHICS:
    20 "GRAFERR_CELTIMEOUT" "" "The cel engine did not finish in time"
        "The cel list is a loop, or draws far more than a second's work; see SetCEWatchDog.";
    21 "GRAFERR_BADCLIP" "" "The clip rectangle is not acceptable" "It must lie inside the bitmap.";
    22 "GRAFERR_BADVDLTYPE" "" "The display list type is not supported" "Only full and simple lists can be submitted.";
    23 "GRAFERR_INDEXRANGE" "" "An index is out of range" "Colour indices run from 0 to 32.";
    24 "GRAFERR_BUFWIDTH" "" "The width of the buffer is not acceptable" "The display hardware knows only certain widths.";
    25 "GRAFERR_COORDRANGE" "" "A coordinate is out of range" "It must lie inside the bitmap.";
    26 "GRAFERR_VDLWIDTH" "" "The display list's width is not acceptable" "The display hardware knows only certain widths.";
    27 "GRAFERR_NOTYET" "" "This is not implemented" "The shipped folio does not offer the call.";
    28 "GRAFERR_MIXEDSCREENS" "" "Screens of different groups were mixed" "Display screens of one group together.";
    29 "GRAFERR_BADFONTFILE" "" "The font file is damaged" "Check the file.";
    30 "GRAFERR_BADDEADBOLT" "" "A display list is not locked as expected" "The folio lost track of the list.";
    31 "GRAFERR_VDLINUSE" "" "The display list is in use" "Attach another list before deleting this one.";
    32 "GRAFERR_PROOF_ERR" "" "The display list did not pass the check" "An entry has a bad length, a command out of range, or forbidden bits.";
    33 "GRAFERR_VDL_LENGTH" "" "The length of the display list is not acceptable" "It is shorter than its entries say.";
    34 "GRAFERR_NO_FONT" "" "There is no current font" "Set a font before drawing text.";
    35 "GRAFERR_BADDISPDIMS" "" "The display has no such dimensions" "Ask QueryGraphics for those it has.";
    36 "GRAFERR_BADBITMAPSPEC" "" "The bitmap specification is not acceptable" "Check width, height and buffer.";
    37 "GRAFERR_INTERNALERROR" "" "The folio lost track of its data" "This is not the program's mistake, or it overwrote what is not its own.";
    38 "GRAFERR_SGINUSE" "" "The screen group is in use" "Remove it from the display first.";
    39 "GRAFERR_SGNOTINUSE" "" "The screen group is not in use" "Add it to the display first.";
    40 "GRAFERR_GRAFNOTOPEN" "" "The caller has not opened the graphics folio" "Each task opens the folio for itself.";
    41 "GRAFERR_NOWRITEACCESS" "" "The caller may not write there" "The bitmap belongs to another task.";
    42 "GRAFERR_BADDISPLAYTYPE" "" "There is no such display type" "Ask QueryGraphics for those there are.";
    43 "GRAFERR_MIXEDDISPLAYS" "" "Display types were mixed" "All screens of a group have one display type.";
}

entries! {
    /// The audio folio's own class.
    AUDIO:
    1 "AF_ERR_BADFILENAME" "" "The file name is not acceptable" "Check the path.";
    2 "AF_ERR_NOFIFO" "" "The instrument has no such FIFO" "Check the name of the FIFO.";
    3 "AF_ERR_NOSAMPLE" "" "There is no sample" "Attach a sample first.";
    4 "AF_ERR_NOKNOBS" "" "The instrument has no knobs" "Check the instrument.";
    5 "AF_ERR_BADNAME" "" "There is nothing of that name" "Check the spelling.";
    6 "AF_ERR_NOINSTRUMENT" "" "There is no such instrument" "Check the file name of the instrument.";
    7 "AF_ERR_BADCALCTYPE" "" "The calculation type is not acceptable" "Check the tag.";
    8 "AF_ERR_BADKNOBRSRC" "" "The knob's resource is damaged" "Check the instrument file.";
    9 "AF_ERR_BADFILEIO" "" "A file could not be read" "Check the file and its volume.";
    10 "AF_ERR_EXTERNALREF" "" "A resource of another instrument is missing" "Load the instrument that exports it.";
    11 "AF_ERR_BADRSRCTYPE" "" "The resource type is not acceptable" "Check the instrument file.";
    12 "AF_ERR_BADRLOCINDX" "" "A relocation has a bad index" "Check the instrument file.";
    13 "AF_ERR_RELOCATION" "" "The instrument could not be relocated" "Check the instrument file.";
    14 "AF_ERR_RSRCATTR" "" "A resource has bad attributes" "Check the instrument file.";
    15 "AF_ERR_INUSE" "" "The thing is in use" "Release it first.";
    16 "AF_ERR_DOUBLEFREE" "" "The thing was freed twice" "Look at who frees it.";
    17 "AF_ERR_OVERMARKERS" "" "The sample has too many markers" "Check the sample file.";
    18 "AF_ERR_BADOFX" "" "An offset is out of range" "Check the sample and its loops.";
    19 "AF_ERR_NORSRC" "" "No signal processor resources are left" "Free instruments that do not play; programs meet this at the limit of polyphony.";
    20 "AF_ERR_BADFILETYPE" "" "The file is of the wrong type" "Check the file.";
    21 "AF_ERR_FILENOTOPEN" "" "The file is not open" "Open it first.";
    22 "AF_ERR_NOSIGNAL" "" "No signal is left" "Free a signal.";
    23 "AF_ERR_OUTOFRANGE" "" "A value is out of range" "See the page of the call.";
    24 "AF_ERR_UNIMPLEMENTED" "" "This is not implemented" "The shipped folio does not offer it.";
    25 "AF_ERR_NULLADDRESS" "" "An address is null" "Look at where the pointer comes from.";
    26 "AF_ERR_TIMEOUT" "" "The operation took too long" "The signal processor did not answer.";
    27 "AF_ERR_SECURITY" "" "The operation is not allowed" "The instrument is not approved.";
    28 "AF_ERR_NOTOWNER" "" "The caller does not own the item" "Only its owner may change it.";
    29 "AF_ERR_AUDIOCLOSED" "" "The caller has not opened the audio folio" "Each task calls OpenAudioFolio for itself.";
    30 "AF_ERR_SPECIAL" "" "The item is special" "The system's own instruments cannot be used this way.";
    31 "AF_ERR_TAGCONFLICT" "" "Two tags contradict each other" "Give only one of them.";
}
