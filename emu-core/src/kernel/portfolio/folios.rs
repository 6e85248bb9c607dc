//! The folios whose calls are not written yet.
//!
//! Their items, vector tables and names are real,
//! so a program finds them, and the call that it makes says its name.

use crate::calls;
use crate::kernel::call::System;

/// A folio as programs find it.
pub(crate) struct FolioInfo {
    /// Which.
    pub system: System,
    /// The name it is found by.
    pub name: &'static str,
    /// Its fixed item number, if it has one.
    pub number: Option<u8>,
    /// System calls it has.
    pub swis: u8,
    /// User vectors it has.
    pub vectors: u8,
    /// The highest type of its items.
    pub types: u8,
    /// Bytes of its structure.
    pub size: u32,
}

const fn folio(
    system: System,
    name: &'static str,
    number: Option<u8>,
    (swis, vectors, types): (u8, u8, u8),
) -> FolioInfo {
    FolioInfo {
        system,
        name,
        number,
        swis,
        vectors,
        types,
        size: 0x200,
    }
}

/// Every folio beside the kernel (kernel sheet 1.2).
pub(crate) const FOLIOS: &[FolioInfo] = &[
    folio(System::Graphics, "Graphics", Some(2), (54, 53, 6)),
    folio(System::File, "File", Some(3), (15, 14, 3)),
    folio(System::Audio, "audio", Some(4), (40, 50, 9)),
    folio(System::Operamath, "Operamath", Some(5), (25, 8, 0)),
    folio(System::International, "international", Some(9), (0, 6, 1)),
    folio(System::Compression, "compression", None, (0, 8, 0)),
    folio(System::Jstring, "jstring", None, (0, 16, 0)),
];

calls! { pub(crate) GRAPHICS: Graphics;
    missing swi 1 SetReadAddress;
    missing swi 2 ResetReadAddress;
    missing swi 3 SetClipOrigin;
    missing swi 5 EnableVAVG;
    missing swi 6 DisableVAVG;
    missing swi 7 EnableHAVG;
    missing swi 8 DisableHAVG;
    missing swi 9 SetScreenColor;
    missing swi 10 ResetScreenColors;
    missing swi 13 SetScreenColors;
    missing swi 14 ResetCurrentFont;
    missing swi 17 AddScreenGroup;
    missing swi 18 RemoveScreenGroup;
    missing swi 19 SetClipWidth;
    missing swi 20 SetClipHeight;
    missing swi 23 DrawScreenCels;
    missing swi 27 OpenRAMFont;
    missing swi 29 DrawText16;
    missing swi 31 DrawChar;
    missing swi 33 DrawTo;
    missing swi 35 FillRect;
    missing swi 36 SetCurrentFontCCB;
    missing swi 37 GetCurrentFont;
    missing swi 38 DrawText8;
    missing swi 39 DrawCels;
    missing swi 41 SetCEControl;
    missing swi 42 SetCEWatchDog;
    missing swi 45 DisplayScreen;
    missing swi 47 SetVDL;
    missing swi 50 CreateScreenGroupItem;
    missing swi 51 ModifyVDL;
    missing swi 52 SetVBLAttrs;
    missing swi 53 GetVBLAttrs;
    missing vec 1 MapCel;
    missing vec 2 ReadPixel;
    missing vec 3 ReadCLUTColor;
    missing vec 4 GetPixelAddress;
    missing vec 5 WritePixel;
    missing vec 9 DrawText16;
    missing vec 11 ResetCurrentFont;
    missing vec 12 CreateScreenGroup;
    missing vec 13 SetReadAddress;
    missing vec 14 ResetReadAddress;
    missing vec 15 SetClipOrigin;
    missing vec 16 EnableVAVG;
    missing vec 17 DisableVAVG;
    missing vec 18 EnableHAVG;
    missing vec 19 DisableHAVG;
    missing vec 20 SetScreenColor;
    missing vec 21 ResetScreenColors;
    missing vec 22 SetScreenColors;
    missing vec 23 DeleteScreenGroup;
    missing vec 24 SetFGPen;
    missing vec 25 SetBGPen;
    missing vec 26 AddScreenGroup;
    missing vec 27 RemoveScreenGroup;
    missing vec 28 SetClipWidth;
    missing vec 29 SetClipHeight;
    missing vec 30 MoveTo;
    missing vec 32 DrawChar;
    missing vec 33 DrawTo;
    missing vec 34 FillRect;
    missing vec 35 SetCurrentFontCCB;
    missing vec 36 GetCurrentFont;
    missing vec 37 DrawText8;
    missing vec 38 SetCEControl;
    missing vec 40 DisplayScreen;
    missing vec 41 SetVDL;
    missing vec 42 SubmitVDL;
    missing vec 43 DrawCels;
    missing vec 44 DrawScreenCels;
    missing vec 45 SetCEWatchDog;
    missing vec 46 GetFirstDisplayInfo;
    missing vec 47 ModifyVDL;
    missing vec 48 QueryGraphics;
    missing vec 49 QueryGraphicsList;
    missing vec 50 DisplayOverlay;
    missing vec 51 SetVBLAttrs;
    missing vec 52 GetVBLAttrs;
}

calls! { pub(crate) AUDIO: Audio;
    missing swi 0 TweakKnob;
    missing swi 1 StartInstrument;
    missing swi 2 ReleaseInstrument;
    missing swi 3 StopInstrument;
    missing swi 4 TuneInsTemplate;
    missing swi 5 TuneInstrument;
    missing swi 7 TestHack;
    missing swi 8 ConnectInstruments;
    missing swi 9 TraceAudio;
    missing swi 10 AllocAmplitude;
    missing swi 11 FreeAmplitude;
    missing swi 12 DisconnectInstruments;
    missing swi 13 SignalAtTime;
    missing swi 15 SetAudioRate;
    missing swi 16 SetAudioDuration;
    missing swi 17 TweakRawKnob;
    missing swi 18 StartAttachment;
    missing swi 19 ReleaseAttachment;
    missing swi 20 StopAttachment;
    missing swi 21 LinkAttachments;
    missing swi 22 MonitorAttachment;
    missing swi 23 SetMasterTuning;
    missing swi 24 AbandonInstrument;
    missing swi 25 AdoptInstrument;
    missing swi 26 ScavengeInstrument;
    missing swi 27 SetAudioItemInfo;
    missing swi 28 PauseInstrument;
    missing swi 29 ResumeInstrument;
    missing swi 30 WhereAttachment;
    missing swi 32 BendInstrumentPitch;
    missing swi 33 AbortTimerCue;
    missing swi 34 EnableAudioInput;
    missing swi 35 SetAudioFolioInfo;
    missing swi 36 ReadProbe;
    missing swi 38 GetAudioFrameCount;
    missing swi 39 GetAudioCyclesUsed;
    missing vec 1 LoadInsTemplate;
    missing vec 2 AllocInstrument;
    missing vec 3 LoadSample;
    missing vec 4 GrabKnob;
    missing vec 5 SleepAudioTicks;
    missing vec 6 DebugSample;
    missing vec 7 GetNumKnobs;
    missing vec 8 GetKnobName;
    missing vec 9 GetAudioItemInfo;
    missing vec 10 LoadInstrument;
    missing vec 11 UnloadSample;
    missing vec 12 ScanSample;
    missing vec 13 DSPGetRsrcAlloc;
    missing vec 14 MakeSample;
    missing vec 15 GetAudioRate;
    missing vec 16 GetAudioDuration;
    missing vec 17 SleepUntilTime;
    missing vec 18 GetCueSignal;
    missing vec 19 OwnAudioClock;
    missing vec 20 DisownAudioClock;
    missing vec 21 DSPGetInsRsrcUsed;
    missing vec 22 DSPGetTotalRsrcUsed;
    missing vec 23 UnloadInsTemplate;
    missing vec 24 UnloadInstrument;
    missing vec 26 DefineInsTemplate;
    missing vec 29 GetMasterTuning;
    missing vec 30 CreateTuning;
    missing vec 31 DeleteTuning;
    missing vec 32 AttachEnvelope;
    missing vec 33 DetachEnvelope;
    missing vec 34 CreateEnvelope;
    missing vec 35 DeleteEnvelope;
    missing vec 36 AttachSample;
    missing vec 37 DetachSample;
    missing vec 38 LoadSampleHere;
    missing vec 39 CreateDelayLine;
    missing vec 40 DeleteDelayLine;
    missing vec 41 DefineSampleHere;
    missing vec 42 GetAudioTime;
    missing vec 43 Convert12TET_F16;
    missing vec 44 CreateSample;
    missing vec 45 CreateInsTemplate;
    missing vec 46 GetAudioFolioInfo;
    missing vec 47 CreateInstrument;
    missing vec 48 DeleteInstrument;
    missing vec 49 CreateProbe;
    missing vec 50 DeleteProbe;
}

calls! { pub(crate) OPERAMATH: Operamath;
    missing swi 0 MulVec3Mat33_F16;
    missing swi 1 MulMat33Mat33_F16;
    missing swi 2 MulManyVec3Mat33_F16;
    missing swi 3 MulObjectVec3Mat33_F16;
    missing swi 4 MulObjectMat33_F16;
    missing swi 5 MulManyF16;
    missing swi 6 MulScalarF16;
    missing swi 7 MulVec4Mat44_F16;
    missing swi 8 MulMat44Mat44_F16;
    missing swi 9 MulManyVec4Mat44_F16;
    missing swi 10 MulObjectVec4Mat44_F16;
    missing swi 11 MulObjectMat44_F16;
    missing swi 12 Dot3_F16;
    missing swi 13 Dot4_F16;
    missing swi 14 Cross3_F16;
    missing swi 15 AbsVec3_F16;
    missing swi 16 AbsVec4_F16;
    missing swi 17 MulVec3Mat33DivZ_F16;
    missing swi 18 MulManyVec3Mat33DivZ_F16;
    missing vec 1 MulUF16;
    missing vec 2 MulSF16;
    missing vec 3 DivUF16;
    missing vec 4 DivRemUF16;
    missing vec 5 DivSF16;
    missing vec 6 DivRemSF16;
    missing vec 7 RecipUF16;
    missing vec 8 RecipSF16;
}

calls! { pub(crate) INTERNATIONAL: International;
    missing vec 1 FormatNumber;
    missing vec 2 FormatDate;
    missing vec 3 TransliterateString;
    missing vec 4 CompareStrings;
    missing vec 5 ConvertString;
    missing vec 6 GetCharAttrs;
}

calls! { pub(crate) COMPRESSION: Compression;
    missing vec 1 CreateCompressor;
    missing vec 2 DeleteCompressor;
    missing vec 3 FeedCompressor;
    missing vec 4 GetCompressorWorkBufferSize;
    missing vec 5 CreateDecompressor;
    missing vec 6 DeleteDecompressor;
    missing vec 7 FeedDecompressor;
    missing vec 8 GetDecompressorWorkBufferSize;
}

calls! { pub(crate) JSTRING: Jstring;
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
