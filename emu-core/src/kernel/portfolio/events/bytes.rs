//! Bytes of messages, word by word.

/// Bytes that are made word by word, as the guest reads them.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(pub(super) Vec<u8>);

impl Words {
    pub(super) fn word(&mut self, word: u32) -> &mut Words {
        self.0.extend_from_slice(&word.to_be_bytes());
        self
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Words {
        self.0.extend_from_slice(bytes);
        self
    }
}

/// A word of a message's data; 0 where there are none.
pub(super) fn word_at(data: &[u8], offset: u32) -> u32 {
    let at = offset as usize;
    let bytes = data.get(at..).and_then(|rest| rest.first_chunk());
    u32::from_be_bytes(*bytes.unwrap_or(&[0; 4]))
}
