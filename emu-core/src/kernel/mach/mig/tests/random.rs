//! A second encoder (Mach sheet 1.5) against the decoders; and garbage.
//!
//! The encoder shares nothing with the code it tests: every field is put at the offset that the
//! table names, into a buffer of the size that the table names.

use super::super::device::{DevName, DeviceRequest};
use super::super::header::{Descriptor, Header, OutOfLine, PortRight, Trailer, descriptors};
use super::super::reply::DeviceReply;
use super::super::routine::Routine;
use super::super::{ReplyTo, codes};
use super::Noise;
use super::*;
use crate::kernel::mach::records::{DevMode, SecurityToken, VmProt};

/// A message of the table: bytes at offsets.
struct Sheet {
    bytes: Vec<u8>,
    little: bool,
}

impl Sheet {
    /// Noise of a size, so that what no field covers is noise too; then the header.
    fn new(noise: &mut Noise, size: usize, complex: bool, id: u32) -> Sheet {
        let bytes = noise.bytes(size);
        let mut sheet = Sheet {
            bytes,
            little: false,
        };
        sheet.put(0, if complex { 0x8000_1513 } else { 0x1513 });
        sheet.put(20, id);
        if complex {
            sheet.put(24, 1);
        }
        sheet
    }

    fn put(&mut self, at: usize, word: u32) {
        let bytes = match self.little {
            true => word.to_le_bytes(),
            false => word.to_be_bytes(),
        };
        self.bytes[at..at + 4].copy_from_slice(&bytes);
    }

    /// The NDR record; words put from here on have its byte order.
    fn ndr(&mut self, at: usize, little: bool) {
        self.bytes[at + 4] = u8::from(little);
        self.little = little;
    }

    fn put_u16(&mut self, at: usize, word: u16) {
        let bytes = match self.little {
            true => word.to_le_bytes(),
            false => word.to_be_bytes(),
        };
        self.bytes[at..at + 2].copy_from_slice(&bytes);
    }

    fn put_bytes(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn port(&mut self, name: u32, disposition: u8) {
        self.put(28, name);
        self.bytes[38] = disposition;
        self.bytes[39] = 0;
    }

    fn data(&mut self, data: &OutOfLine) {
        self.put(28, data.address);
        self.put(32, data.size);
        self.bytes[36] = data.deallocate;
        self.bytes[37] = data.copy;
        self.bytes[39] = 1;
    }
}

/// Where a request's count lies, and the sizes of the row.
struct Row {
    id: u32,
    complex: bool,
    fixed: bool,
}

const ROWS: [Row; 12] = [
    row(2801, false, true),
    row(2802, true, true),
    row(2803, false, false),
    row(2804, false, true),
    row(2805, false, true),
    row(2809, false, true),
    row(2810, false, false),
    row(2811, false, true),
    row(2812, true, false),
    row(2814, true, false),
    row(2815, false, true),
    row(2816, false, true),
];

const fn row(id: u32, complex: bool, fixed: bool) -> Row {
    Row { id, complex, fixed }
}

fn out_of_line(noise: &mut Noise) -> OutOfLine {
    OutOfLine {
        address: noise.word(),
        size: noise.word(),
        deallocate: noise.word() as u8,
        copy: noise.word() as u8,
    }
}

/// A message of a row with random contents, and what it means.
fn request(noise: &mut Noise, id: u32) -> (Sheet, DeviceRequest) {
    let little = noise.below(4) == 0;
    let (a, b, c, d) = (noise.word(), noise.word(), noise.word(), noise.word());
    let mode = DevMode::from_bits_retain(a);
    match id {
        2801 => (Sheet::new(noise, 24, false, id), DeviceRequest::DeviceClose),
        2815 => (
            Sheet::new(noise, 24, false, id),
            DeviceRequest::IoDoneQueueCreate,
        ),
        2816 => (
            Sheet::new(noise, 24, false, id),
            DeviceRequest::IoDoneQueueTerminate,
        ),
        2802 => {
            let mut sheet = Sheet::new(noise, 60, true, id);
            let data = out_of_line(noise);
            sheet.data(&data);
            sheet.ndr(40, little);
            sheet.put(48, a);
            sheet.put(52, b);
            sheet.put(56, data.size);
            let recnum = b;
            (sheet, DeviceRequest::DeviceWrite { mode, recnum, data })
        }
        2803 => {
            let count = noise.below(129);
            let mut sheet = Sheet::new(noise, 44 + count.div_ceil(4) * 4, false, id);
            let data = noise.bytes(count);
            sheet.ndr(24, little);
            sheet.put(32, a);
            sheet.put(36, b);
            sheet.put(40, count as u32);
            sheet.put_bytes(44, &data);
            let recnum = b;
            (
                sheet,
                DeviceRequest::DeviceWriteInband { mode, recnum, data },
            )
        }
        2804 | 2805 => {
            let mut sheet = Sheet::new(noise, 44, false, id);
            sheet.ndr(24, little);
            sheet.put(32, a);
            sheet.put(36, b);
            sheet.put(40, c);
            let (recnum, bytes_wanted) = (b, c as i32);
            let typed = match id {
                2804 => DeviceRequest::DeviceRead {
                    mode,
                    recnum,
                    bytes_wanted,
                },
                _ => DeviceRequest::DeviceReadInband {
                    mode,
                    recnum,
                    bytes_wanted,
                },
            };
            (sheet, typed)
        }
        2809 => {
            let mut sheet = Sheet::new(noise, 48, false, id);
            sheet.ndr(24, little);
            sheet.put(32, a);
            sheet.put(36, b);
            sheet.put(40, c);
            sheet.put(44, d);
            let prot = VmProt::from_bits_retain(a);
            let (offset, size, unmap) = (b, c, d);
            let typed = DeviceRequest::DeviceMap {
                prot,
                offset,
                size,
                unmap,
            };
            (sheet, typed)
        }
        2810 => {
            // Mostly short ones; the longest take time.
            let most = if noise.below(50) == 0 { 1025 } else { 20 };
            let status: Vec<i32> = (0..noise.below(most))
                .map(|_| noise.word() as i32)
                .collect();
            let mut sheet = Sheet::new(noise, 40 + 4 * status.len(), false, id);
            sheet.ndr(24, little);
            sheet.put(32, a);
            sheet.put(36, status.len() as u32);
            for (index, int) in status.iter().enumerate() {
                sheet.put(40 + 4 * index, *int as u32);
            }
            (sheet, DeviceRequest::DeviceSetStatus { flavor: a, status })
        }
        2811 => {
            let mut sheet = Sheet::new(noise, 40, false, id);
            sheet.ndr(24, little);
            sheet.put(32, a);
            sheet.put(36, b);
            (
                sheet,
                DeviceRequest::DeviceGetStatus {
                    flavor: a,
                    count: b,
                },
            )
        }
        2812 => {
            let filter: Vec<u16> = (0..noise.below(65)).map(|_| noise.word() as u16).collect();
            let size = 56 + (2 * filter.len()).div_ceil(4) * 4;
            let mut sheet = Sheet::new(noise, size, true, id);
            let disposition = [17, 19, 20][noise.below(3)];
            sheet.port(b, disposition);
            sheet.ndr(40, little);
            sheet.put(48, c);
            sheet.put(52, filter.len() as u32);
            for (index, word) in filter.iter().enumerate() {
                sheet.put_u16(56 + 2 * index, *word);
            }
            let typed = DeviceRequest::DeviceSetFilter {
                receive_port: PortRight {
                    name: b,
                    disposition,
                },
                priority: c as i32,
                filter,
            };
            (sheet, typed)
        }
        _ => {
            let count = 1 + noise.below(128);
            let mut sheet = Sheet::new(noise, 68 + count.div_ceil(4) * 4, true, id);
            let mut name = noise.bytes(count);
            let nul = noise.below(count);
            name[nul] = 0;
            let disposition = [17, 19, 20][noise.below(3)];
            sheet.port(b, disposition);
            sheet.ndr(40, little);
            sheet.put(48, a);
            sheet.put(52, c);
            sheet.put(56, d);
            sheet.put(64, count as u32);
            sheet.put_bytes(68, &name);
            let typed = DeviceRequest::DeviceOpen {
                ledger: PortRight {
                    name: b,
                    disposition,
                },
                mode,
                sec_token: SecurityToken {
                    first: c,
                    second: d,
                },
                name: DevName::from_bytes(&name).unwrap(),
            };
            (sheet, typed)
        }
    }
}

fn decode(bytes: &[u8]) -> Result<DeviceRequest, i32> {
    let header = Header::decode(bytes).unwrap();
    DeviceRequest::decode(header.id, &header, bytes).map_err(|refusal| refusal.code())
}

#[test]
fn a_second_encoder_and_the_decoder_agree_on_100000_messages() {
    let mut noise = Noise(Dice(0x3d00_2800));
    for turn in 0..100_000 {
        let Row { id, complex, fixed } = ROWS[turn % ROWS.len()];
        let (sheet, typed) = request(&mut noise, id);
        let Sheet { mut bytes, .. } = sheet;
        assert_eq!(decode(&bytes).as_ref(), Ok(&typed), "turn {turn}");
        // Once more through the encoder under test, which has its own padding.
        let again = typed.encode(noise.word(), noise.word()).unwrap();
        assert_eq!(decode(&again).as_ref(), Ok(&typed), "turn {turn}");
        assert_eq!(again.len(), bytes.len());
        // One thing wrong, and the code that the sheet has for it.
        let wrong = match noise.below(5) {
            0 => {
                bytes[0] ^= 0x80;
                codes::MIG_BAD_ARGUMENTS
            }
            1 => {
                bytes.extend([0; 4]);
                codes::MIG_BAD_ARGUMENTS
            }
            2 if bytes.len() > 24 => {
                bytes.truncate(bytes.len() - 4);
                codes::MIG_BAD_ARGUMENTS
            }
            3 if complex => {
                let count = noise.word().max(2);
                bytes[24..28].copy_from_slice(&count.to_be_bytes());
                codes::MIG_BAD_ARGUMENTS
            }
            4 if complex => {
                bytes[39] = 2 + noise.below(254) as u8;
                codes::MIG_TYPE_ERROR
            }
            _ if complex && fixed => {
                bytes[35] ^= 1;
                codes::MIG_TYPE_ERROR
            }
            _ => {
                bytes[23] = 0xf0;
                codes::MIG_BAD_ID
            }
        };
        assert_eq!(decode(&bytes), Err(wrong), "turn {turn}, {typed:?}");
    }
}

/// A reply of a row with random contents, at the offsets of the table, and what it means.
fn reply(noise: &mut Noise, id: u32) -> (Sheet, DeviceReply) {
    let (a, b) = (noise.word(), noise.word());
    let little = noise.below(4) == 0;
    let start = |noise: &mut Noise, size, complex| {
        let mut sheet = Sheet::new(noise, size, complex, id);
        sheet.put(0, if complex { 0x8000_1200 } else { 0x1200 });
        sheet.put(4, size as u32);
        if !complex {
            sheet.ndr(24, little);
        }
        sheet
    };
    let code = if noise.below(2) == 0 { 0 } else { a as i32 };
    match id {
        2902 | 2903 | 2913 => {
            let mut sheet = start(noise, 40, false);
            sheet.put(32, code as u32);
            sheet.put(36, b);
            let bytes = b as i32;
            let typed = match id {
                2902 => DeviceReply::DeviceWrite {
                    code,
                    bytes_written: bytes,
                },
                2903 => DeviceReply::DeviceWriteInband {
                    code,
                    bytes_written: bytes,
                },
                _ => DeviceReply::DeviceReadOverwrite {
                    code,
                    bytes_read: bytes,
                },
            };
            (sheet, typed)
        }
        2904 => {
            let mut sheet = start(noise, 52, true);
            let data = out_of_line(noise);
            sheet.data(&data);
            sheet.ndr(40, little);
            sheet.put(48, b);
            (
                sheet,
                DeviceReply::DeviceRead {
                    data,
                    data_count: b,
                },
            )
        }
        2905 => {
            let count = noise.below(129);
            let data = noise.bytes(count);
            let mut sheet = start(noise, 40 + count.div_ceil(4) * 4, false);
            sheet.put(32, code as u32);
            sheet.put(36, count as u32);
            sheet.put_bytes(40, &data);
            (sheet, DeviceReply::DeviceReadInband { code, data })
        }
        2909 | 2914 | 2915 => {
            let mut sheet = start(noise, 40, true);
            sheet.port(b, 17);
            let typed = match id {
                2909 => DeviceReply::DeviceMap { pager: b },
                2914 => DeviceReply::DeviceOpen { device: b },
                _ => DeviceReply::IoDoneQueueCreate { queue: b },
            };
            (sheet, typed)
        }
        2911 => {
            let status: Vec<i32> = (0..noise.below(30)).map(|_| noise.word() as i32).collect();
            let mut sheet = start(noise, 40 + 4 * status.len(), false);
            sheet.put(32, 0);
            sheet.put(36, status.len() as u32);
            for (index, int) in status.iter().enumerate() {
                sheet.put(40 + 4 * index, *int as u32);
            }
            (sheet, DeviceReply::DeviceGetStatus { status })
        }
        _ => {
            let mut sheet = start(noise, 36, false);
            sheet.put(32, code as u32);
            let routine = Routine::of_reply(id as i32).unwrap();
            let typed = match (code, routine) {
                (0, Routine::DeviceClose) => DeviceReply::DeviceClose,
                (0, Routine::DeviceSetStatus) => DeviceReply::DeviceSetStatus,
                (0, Routine::DeviceSetFilter) => DeviceReply::DeviceSetFilter,
                (0, _) => DeviceReply::IoDoneQueueTerminate,
                _ => DeviceReply::Failed { routine, code },
            };
            (sheet, typed)
        }
    }
}

#[test]
fn a_second_encoder_and_the_client_agree_on_replies() {
    let mut noise = Noise(Dice(0x3d00_2900));
    for turn in 0..50_000 {
        let routine = Routine::ALL[turn % Routine::ALL.len()];
        let (sheet, typed) = reply(&mut noise, routine as u32 + 100);
        let bytes = sheet.bytes;
        let decoded = DeviceReply::decode(routine, &bytes);
        assert_eq!(decoded.as_ref(), Ok(&typed), "turn {turn}");
        let again = typed.encode(ReplyTo::once(noise.word())).unwrap();
        assert_eq!(DeviceReply::decode(routine, &again).as_ref(), Ok(&typed));
        assert_eq!(again.len(), bytes.len());
        // A reply that is cut is never taken.
        let cut = DeviceReply::decode(routine, &bytes[..bytes.len() - 4]);
        assert_eq!(cut.map_err(|fault| fault.code), Err(codes::MIG_TYPE_ERROR));
    }
}

#[test]
fn garbage_gives_documented_codes_only() {
    let mut noise = Noise(Dice(0x6761_7262));
    for turn in 0..30_000 {
        let size = match turn % 3 {
            // Most forms are short.
            0 => 24 + noise.below(4177),
            _ => 24 + noise.below(180),
        };
        let mut bytes = noise.bytes(size);
        if turn % 4 != 0 {
            // A known id, plausible bits and small counts get further into the decoders.
            let id = if turn % 8 < 4 { 2796 } else { 2896 } + noise.below(24) as u32;
            bytes[20..24].copy_from_slice(&id.to_be_bytes());
            let bits = [0x1513_u32, 0x8000_1513][noise.below(2)];
            bytes[..4].copy_from_slice(&bits.to_be_bytes());
            bytes[4..8].copy_from_slice(&(size as u32).to_be_bytes());
            for word in bytes[24..].chunks_exact_mut(4).take(15) {
                if noise.below(2) == 0 {
                    word.copy_from_slice(&(noise.below(160) as u32).to_be_bytes());
                }
            }
        }
        let request = decode(&bytes).err().unwrap_or(codes::MIG_BAD_ID);
        let known = [
            codes::MIG_BAD_ID,
            codes::MIG_BAD_ARGUMENTS,
            codes::MIG_TYPE_ERROR,
        ];
        assert!(known.contains(&request), "{request}");
        let id = Header::decode(&bytes).unwrap().id;
        for routine in Routine::of_reply(id)
            .into_iter()
            .chain([Routine::DeviceOpen])
        {
            if let Err(fault) = DeviceReply::decode(routine, &bytes) {
                let row = codes::by_number(fault.code).unwrap();
                assert_eq!(row.family, codes::Family::Mig);
            }
        }
        if let Err(fault) = DeviceReply::decode_unasked(&bytes) {
            assert!([codes::MIG_BAD_ID, codes::MIG_TYPE_ERROR].contains(&fault.code));
        }
        if let Err(fault) = descriptors(&bytes) {
            let wanted = [
                codes::MACH_SEND_MSG_TOO_SMALL,
                codes::MACH_SEND_INVALID_TYPE,
            ];
            assert!(wanted.contains(&fault.code));
        }
        let at = noise.below(size + 8);
        if let Err(fault) = Trailer::decode(&bytes, at) {
            assert_eq!(fault.code, codes::MIG_TRAILER_ERROR);
        }
        if let Ok(descriptor) = Descriptor::decode(&bytes, at) {
            let again = Descriptor::decode(&descriptor.encode(), 0).unwrap();
            assert_eq!(again, descriptor);
        }
    }
}
