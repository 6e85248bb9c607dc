//! Compression folio: streams of words, squeezed and unsqueezed.
//!
//! Kernel sheet 1.9.

use crate::calls;

calls! { pub(crate) CALLS: Compression;
    missing vec 1 CreateCompressor;
    missing vec 2 DeleteCompressor;
    missing vec 3 FeedCompressor;
    missing vec 4 GetCompressorWorkBufferSize;
    missing vec 5 CreateDecompressor;
    missing vec 6 DeleteDecompressor;
    missing vec 7 FeedDecompressor;
    missing vec 8 GetDecompressorWorkBufferSize;
}
