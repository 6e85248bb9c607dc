//! What a client does all the time: ports, devices, done queues.

use super::codes::{D_READ, OK};
use super::wire::{Reply, Value, open_values};
use super::{Guest, UNTOUCHED};
use Value::{Bytes, Ints, W};
use emu_core::kernel::portfolio::structs::{KernelBase, List, MemHdr, Node};
use emu_core::mem::GuestPtr;

/// Bytes of an `io_done_result`.
const RESULT: u32 = 148;

/// A result record that was all 0xA5, after `io_done_queue_wait`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What the trap returned.
    pub code: u32,
    /// Where the record is.
    pub at: u32,
    /// The record.
    pub bytes: Vec<u8>,
}

impl Done {
    fn word(&self, at: usize) -> u32 {
        super::wire::word(&self.bytes, at)
    }
    /// qd_type.
    pub fn kind(&self) -> u32 {
        self.word(0)
    }
    /// qd_reqid.
    pub fn id(&self) -> u32 {
        self.word(4)
    }
    /// qd_code.
    pub fn error(&self) -> u32 {
        self.word(8)
    }
    /// qd_data.
    pub fn data(&self) -> u32 {
        self.word(12)
    }
    /// qd_count.
    pub fn count(&self) -> u32 {
        self.word(16)
    }
    /// The five control words.
    pub fn control(&self) -> [u32; 5] {
        std::array::from_fn(|n| self.word(n * 4))
    }
    /// Whether nothing was written from this offset on.
    pub fn untouched_from(&self, at: usize) -> bool {
        self.bytes[at..].iter().all(|&byte| byte == UNTOUCHED)
    }
}

/// Guest memory with untouched bytes before and behind it.
#[derive(Clone, Copy, Debug)]
pub struct Guarded {
    /// Where it begins.
    pub at: u32,
    size: u32,
}

impl Guarded {
    /// What it holds, if nothing beside it was written.
    pub fn bytes(&self, g: &Guest) -> Vec<u8> {
        let around = g.read_bytes(self.at - 16, self.size + 32);
        let (before, rest) = around.split_at(16);
        let (inside, behind) = rest.split_at(self.size as usize);
        assert!(
            before.iter().chain(behind).all(|&byte| byte == UNTOUCHED),
            "written beside the buffer"
        );
        inside.to_vec()
    }
}

impl Guest {
    // ---- ports ----

    /// `mach_task_self`.
    pub fn task_self(&mut self) -> u32 {
        self.trap(-28, &[])
    }

    /// `mach_host_self`: the name port.
    pub fn host_self(&mut self) -> u32 {
        self.trap(-29, &[])
    }

    /// `mach_reply_port`: a new receive right.
    pub fn reply_port(&mut self) -> u32 {
        let port = self.trap(-26, &[]);
        assert_ne!(port, 0, "mach_reply_port");
        port
    }

    /// `device_master_self`.
    pub fn master(&mut self) -> u32 {
        self.trap(-210, &[])
    }

    /// `mach_port_get_refs`.
    pub fn refs(&mut self, name: u32, right: u32) -> Result<u32, u32> {
        let task = self.task_self();
        let values = [W(name), W(right)];
        self.rpc("mach_port_get_refs", task, &values).value()
    }

    /// `mach_port_type`.
    pub fn port_type(&mut self, name: u32) -> Result<u32, u32> {
        let task = self.task_self();
        self.rpc("mach_port_type", task, &[W(name)]).value()
    }

    /// A message of subsystem 3200 or 2000 to the task itself; its code.
    pub fn on_task(&mut self, routine: &str, values: &[Value<'_>]) -> u32 {
        let task = self.task_self();
        self.rpc(routine, task, values).code()
    }

    /// `mach_port_allocate` of a receive right or a set.
    pub fn allocate(&mut self, right: u32) -> u32 {
        let task = self.task_self();
        let name = self.rpc("mach_port_allocate", task, &[W(right)]).value();
        name.expect("mach_port_allocate")
    }

    /// `mach_port_deallocate`.
    pub fn deallocate(&mut self, name: u32) -> u32 {
        self.on_task("mach_port_deallocate", &[W(name)])
    }

    /// The ports of `bootstrap_ports`: privileged host, device master, ledgers, security.
    pub fn bootstrap_ports(&mut self) -> [u32; 5] {
        let task = self.task_self();
        let bootstrap = self.rpc("task_get_special_port", task, &[W(4)]).port();
        let bootstrap = bootstrap.expect("the bootstrap port");
        let reply = self.rpc("bootstrap_ports", bootstrap, &[]);
        assert_eq!((reply.bytes.len(), reply.word(24)), (88, 5));
        std::array::from_fn(|n| reply.word(28 + n * 12))
    }

    // ---- devices ----

    /// `device_open` by message, or its code.
    pub fn try_open(&mut self, mode: u32, name: &str) -> Result<u32, u32> {
        let master = self.master();
        let name = [name.as_bytes(), &[0]].concat();
        let reply = self.rpc("device_open", master, &open_values(mode, &name));
        reply.port()
    }

    /// `device_open` for reading, which must succeed.
    pub fn open(&mut self, name: &str) -> u32 {
        let opened = self.try_open(D_READ, name);
        opened.unwrap_or_else(|code| panic!("device_open of {name}: {code}"))
    }

    /// `device_close`.
    pub fn close(&mut self, device: u32) -> u32 {
        self.rpc("device_close", device, &[]).code()
    }

    /// `device_read`: the reply.
    pub fn read_message(&mut self, device: u32, mode: u32, recnum: u32, bytes: u32) -> Reply {
        let values = [W(mode), W(recnum), W(bytes)];
        self.rpc("device_read", device, &values)
    }

    /// `device_read`: code, or the data, whose memory is given back.
    pub fn device_read(&mut self, device: u32, recnum: u32, bytes: u32) -> Result<Vec<u8>, u32> {
        let reply = self.read_message(device, 0, recnum, bytes);
        if reply.code() != 0 {
            return Err(reply.code());
        }
        let (at, size) = reply.ool();
        assert_eq!(reply.word(48), size, "dataCnt");
        if size == 0 {
            return Ok(Vec::new());
        }
        let data = self.read_bytes(at, size);
        assert_eq!(self.vm_deallocate(at, size), OK);
        Ok(data)
    }

    /// `device_read_inband`: code, or the data.
    pub fn read_inband(
        &mut self,
        device: u32,
        mode: u32,
        recnum: u32,
        bytes: u32,
    ) -> Result<Vec<u8>, u32> {
        let values = [W(mode), W(recnum), W(bytes)];
        let reply = self.rpc("device_read_inband", device, &values);
        let count = reply.value()?;
        assert_eq!(reply.bytes.len() as u32, 40 + count.next_multiple_of(4));
        Ok(reply.bytes[40..40 + count as usize].to_vec())
    }

    /// `device_write_inband`: code, or the bytes written.
    pub fn write_inband(&mut self, device: u32, recnum: u32, data: &[u8]) -> Result<u32, u32> {
        let values = [W(0), W(recnum), Bytes(data)];
        self.rpc("device_write_inband", device, &values).value()
    }

    /// `device_get_status`: code, or the integers.
    pub fn status(&mut self, device: u32, flavor: u32, room: u32) -> Result<Vec<u32>, u32> {
        let reply = self.rpc("device_get_status", device, &[W(flavor), W(room)]);
        let count = reply.value()?;
        assert_eq!(reply.bytes.len() as u32, 40 + 4 * count);
        Ok((0..count as usize)
            .map(|n| reply.word(40 + 4 * n))
            .collect())
    }

    /// `device_set_status`: its code.
    pub fn set_status(&mut self, device: u32, flavor: u32, status: &[u32]) -> u32 {
        let values = [W(flavor), Ints(status)];
        self.rpc("device_set_status", device, &values).code()
    }

    // ---- memory ----

    /// `vm_allocate` anywhere, by trap.
    pub fn vm_allocate(&mut self, size: u32) -> Result<u32, u32> {
        let (task, at) = (self.task_self(), self.words(&[0]));
        match self.trap(-65, &[task, at, size, 1]) {
            0 => Ok(self.read(at)),
            code => Err(code),
        }
    }

    /// `vm_deallocate`, by trap.
    pub fn vm_deallocate(&mut self, at: u32, size: u32) -> u32 {
        let task = self.task_self();
        self.trap(-66, &[task, at, size])
    }

    /// Bytes in free pages of the system.
    pub fn free_memory(&self) -> u32 {
        let list = self.peek(self.kernel_base().at(KernelBase::kb_MemHdrList));
        let mut node = self.peek(list.at(List::ListAnchor_head));
        let mut free = 0;
        while node.addr() != list.at(List::ListAnchor_filler).addr() {
            let header: GuestPtr<MemHdr> = node.cast();
            let bits = self.peek(header.at(MemHdr::memh_FreePageBits));
            let words = u32::from(self.peek(header.at(MemHdr::memh_FreePageBitsSize)));
            let pages: u32 = (0..words)
                .map(|n| self.peek(bits.index(n)).count_ones())
                .sum();
            free += pages * self.peek(header.at(MemHdr::memh_PageSize));
            node = self.peek(node.at(Node::n_Next));
        }
        free
    }

    /// Memory of so many bytes that nobody has touched.
    pub fn guarded(&mut self, size: u32) -> Guarded {
        let at = self.alloc(size + 32) + 16;
        self.write_bytes(at - 16, &vec![UNTOUCHED; size as usize + 32]);
        Guarded { at, size }
    }

    // ---- done queues ----

    /// `io_done_queue_create` by message.
    pub fn try_queue(&mut self) -> Result<u32, u32> {
        let host = self.host_self();
        self.rpc("io_done_queue_create", host, &[]).port()
    }

    /// A new done queue.
    pub fn queue(&mut self) -> u32 {
        self.try_queue().expect("io_done_queue_create")
    }

    /// `io_done_queue_terminate` by message.
    pub fn terminate(&mut self, queue: u32) -> u32 {
        self.rpc("io_done_queue_terminate", queue, &[]).code()
    }

    /// `io_done_queue_create` by trap: code, or the queue.
    pub fn queue_direct(&mut self, host: u32) -> Result<u32, u32> {
        let out = self.words(&[0x5A5A_5A5A]);
        match self.trap(-201, &[host, out]) {
            0 => Ok(self.read(out)),
            code => Err(code),
        }
    }

    /// Starts `io_done_queue_wait` with a new record; its address.
    pub fn begin_done(&mut self, queue: u32) -> u32 {
        let at = self.guarded(RESULT).at;
        self.begin_trap(-97, &[queue, at]);
        at
    }

    /// The record at an address.
    pub fn done_at(&mut self, at: u32, code: u32) -> Done {
        let guarded = Guarded { at, size: RESULT };
        Done {
            code,
            at,
            bytes: guarded.bytes(self),
        }
    }

    /// `io_done_queue_wait` with a new record.
    pub fn try_done(&mut self, queue: u32) -> Done {
        let at = self.begin_done(queue);
        let code = self.finish_trap();
        self.done_at(at, code)
    }

    /// `io_done_queue_wait` that must bring something.
    pub fn done(&mut self, queue: u32) -> Done {
        let done = self.try_done(queue);
        assert_eq!(done.code, OK, "io_done_queue_wait");
        done
    }

    /// Whether the next completion of a queue is that of a request made now: nothing lay there.
    /// The request is a write of nothing to `device`.
    pub fn has_nothing_before(&mut self, queue: u32, device: u32) -> bool {
        const MARK: u32 = 0x4D41_524B;
        let at = self.alloc(4);
        assert_eq!(self.trap(-96, &[device, queue, MARK, 0, 0, at, 0]), OK);
        self.done(queue).id() == MARK
    }
}
