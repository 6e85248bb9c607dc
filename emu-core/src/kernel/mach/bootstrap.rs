//! Special ports of a task, the bootstrap port, the ends of tasks and threads.
//!
//! Mach sheet 4.8, 4.9.

use super::codes;
use super::device::PortName;
use super::rpc::{KernCode, Rpc, Served, data_part, done, kern};
use super::space::{
    Disposition, Item as Part, KernelObject, MACH_MSG_TYPE_PORT_SEND, PORT_NULL, Right,
};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::wait::Wait;
use crate::mem::GuestPtr;
use crate::messages;

/// Special ports of a task, by their numbers.
const TASK_KERNEL_PORT: u32 = 1;
const TASK_BOOTSTRAP_PORT: u32 = 4;
const TASK_WIRED_LEDGER_PORT: u32 = 5;
const TASK_PAGED_LEDGER_PORT: u32 = 6;
/// Special ports of the host, by their numbers.
const HOST_PORT: u32 = 1;
const HOST_PRIV_PORT: u32 = 2;
const HOST_IO_MASTER_PORT: u32 = 3;
/// Ports that `mach_ports_lookup` gives: name server, environment, service.
const REGISTERED: usize = 3;

/// The program that is the target.
fn target(rpc: &Rpc<'_>) -> Result<Item, i32> {
    rpc.task().ok_or(codes::KERN_INVALID_ARGUMENT)
}

impl Portfolio {
    /// A send right to a special port of a task.
    pub(super) fn special_port(&mut self, task: Item, which: u32) -> Result<Right, i32> {
        let invalid = codes::KERN_INVALID_ARGUMENT;
        let mach = &mut self.mach;
        let roots = mach.roots();
        let state = mach.tasks.get(&task).ok_or(invalid)?;
        if let Some(&right) = state.special.get(&which) {
            return Ok(mach.ports.copy_send(right));
        }
        let port = match which {
            TASK_KERNEL_PORT => state.port,
            TASK_BOOTSTRAP_PORT => roots.bootstrap,
            TASK_WIRED_LEDGER_PORT => roots.ledgers[0],
            TASK_PAGED_LEDGER_PORT => roots.ledgers[1],
            _ => return Err(invalid),
        };
        Ok(mach.ports.make_send(port))
    }

    /// What `mach_task_self` gives: the kernel port, unless another was put in its place.
    pub(super) fn self_port(&mut self, task: Item) -> u32 {
        let right = self.special_port(task, TASK_KERNEL_PORT);
        let right = right.unwrap_or_default();
        self.mach.hand_over(task, right).unwrap_or(PORT_NULL)
    }

    /// Puts a right in the place of a special port. After an error it has been let go.
    fn set_special_port(&mut self, task: Item, which: u32, right: Right) -> Result<(), i32> {
        let known = [
            TASK_KERNEL_PORT,
            TASK_BOOTSTRAP_PORT,
            TASK_WIRED_LEDGER_PORT,
            TASK_PAGED_LEDGER_PORT,
        ];
        let mach = &mut self.mach;
        let state = mach.tasks.get_mut(&task);
        let Some(state) = state.filter(|_| known.contains(&which)) else {
            mach.ports.release(right);
            return Err(codes::KERN_INVALID_ARGUMENT);
        };
        if let Some(before) = state.special.insert(which, right) {
            mach.ports.release(before);
        }
        Ok(())
    }

    /// Ends a program or a thread as Portfolio ends a task: the caller itself exits, another is
    /// killed. What the caller has to wait for then.
    fn end_task(&mut self, cx: &mut CallCx<'_>, victim: Item) -> Wait {
        if victim == self.caller() {
            self.begin_own_end(cx);
            return Wait::OwnDeath;
        }
        self.kill(cx, victim);
        Wait::Death { victim }
    }

    /// Whether the caller has ended itself or its program with a message, and how that goes on.
    pub(super) fn ended_by_message(&self) -> Option<Wait> {
        let caller = self.caller();
        let state = self.task_state(caller)?;
        if state.dying {
            return Some(Wait::OwnDeath);
        }
        let victim = state.program;
        let program = self.task_state(victim)?;
        program.dying.then_some(Wait::Death { victim })
    }
}

fn get_special(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(36)?;
    k.special_port(target(rpc)?, rpc.word(32)?)
        .map(Served::port)
}

fn set_special(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(52, 1)?;
    let which = rpc.word_of_complex(48)?;
    let task = target(rpc)?;
    if let Some(Part::Port {
        right: Right::SendOnce(_) | Right::Receive(_),
        ..
    }) = rpc.parts.first()
    {
        return Err(codes::MIG_TYPE_ERROR);
    }
    let (right, _) = rpc.take_port(0)?;
    k.set_special_port(task, which, right)?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn set_special_trap(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    which: u32,
    port: PortName,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let invalid = codes::KERN_INVALID_ARGUMENT;
        let program = k.mach_caller();
        let task = k.mach.task_named(program, task.0).ok_or(invalid)?;
        let (space, ports) = k.mach.space(program).ok_or(invalid)?;
        let right = space.copy_in(ports, port.0, Disposition::CopySend);
        k.set_special_port(task, which, right.map_err(|_| invalid)?)
    };
    kern(work())
}

/// Nothing registers ports here, so the three slots are null.
fn ports_lookup(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    rpc.simple(24)?;
    target(rpc)?;
    let part = Part::Ports {
        rights: vec![Right::Null; REGISTERED],
        kind: MACH_MSG_TYPE_PORT_SEND,
    };
    Ok(Served::Complex(vec![part], vec![REGISTERED as u32]))
}

/// Nobody is left to hear of the end of the caller's own program; see `ended_by_message`.
fn terminate(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    let task = target(rpc)?;
    k.end_task(cx, task);
    match task == rpc.program {
        true => Ok(Served::Silent),
        false => Ok(Served::Code(codes::KERN_SUCCESS)),
    }
}

fn terminate_trap(k: &mut Portfolio, cx: &mut CallCx<'_>, task: PortName) -> Answer {
    let program = k.mach_caller();
    match k.mach.task_named(program, task.0) {
        Some(task) => Ok(Flow::Block(k.end_task(cx, task))),
        None => done(codes::KERN_INVALID_ARGUMENT),
    }
}

fn thread_terminate(k: &mut Portfolio, cx: &mut CallCx<'_>, thread: PortName) -> Answer {
    let program = k.mach_caller();
    match k.mach.object_of(program, thread.0) {
        Some((KernelObject::Thread(number), _)) => {
            Ok(Flow::Block(k.end_task(cx, Item(number as i32))))
        }
        _ => done(codes::KERN_INVALID_ARGUMENT),
    }
}

/// The program that a request to the bootstrap port is about.
fn subject(k: &Portfolio, rpc: &Rpc<'_>) -> Result<Item, i32> {
    rpc.complex(40, 1)?;
    let right = match rpc.parts.first() {
        Some(Part::Port { right, .. }) => *right,
        _ => return Err(codes::MIG_TYPE_ERROR),
    };
    let object = right.port().and_then(|port| k.mach.ports.object(port));
    match (rpc.object, object) {
        (KernelObject::Bootstrap, Some(KernelObject::Task(number))) => Ok(Item(number as i32)),
        _ => Err(codes::KERN_INVALID_ARGUMENT),
    }
}

fn boot_ports(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    if rpc.object != KernelObject::Bootstrap {
        return Err(codes::KERN_INVALID_ARGUMENT);
    }
    let roots = k.mach.roots();
    let [wired, paged, security] = roots.ledgers;
    let ports = [
        roots.host_privileged,
        roots.device_master,
        wired,
        paged,
        security,
    ];
    let parts = ports.map(|port| Part::Port {
        right: k.mach.ports.make_send(port),
        kind: MACH_MSG_TYPE_PORT_SEND,
    });
    Ok(Served::Complex(parts.to_vec(), Vec::new()))
}

/// The words of the command line, each with a zero behind it.
fn arguments(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let task = subject(k, rpc)?;
    let line = k.task_state(task).map(|state| state.command.as_slice());
    let words = line.unwrap_or_default().split(|&byte| byte <= b' ');
    let words = words.filter(|word| !word.is_empty());
    let text: Vec<u8> = words
        .flat_map(|word| word.iter().copied().chain([0]))
        .collect();
    let count = text.len() as u32;
    Ok(Served::Complex(vec![data_part(text)], vec![count]))
}

/// Portfolio's programs have no environment.
fn environment(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    subject(k, rpc)?;
    Ok(Served::Complex(vec![data_part(Vec::new())], vec![0]))
}

/// Nobody waits for a program to have started, so there is nothing to do.
fn completed(_k: &mut Portfolio, _cx: &mut CallCx<'_>, _rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    Ok(Served::Silent)
}

fn host_special(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(40)?;
    let roots = k.mach.roots();
    let port = match (rpc.object, rpc.word(36)?) {
        (KernelObject::HostPrivileged, HOST_PORT) => roots.host,
        (KernelObject::HostPrivileged, HOST_PRIV_PORT) => roots.host_privileged,
        (KernelObject::HostPrivileged, HOST_IO_MASTER_PORT) => roots.device_master,
        _ => return Err(codes::KERN_INVALID_ARGUMENT),
    };
    Ok(Served::port(k.mach.ports.make_send(port)))
}

/// Threads are made with Portfolio's CreateThread.
fn thread_create(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _task: PortName,
    _thread: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    kern(Err(codes::KERN_RESOURCE_SHORTAGE))
}

fn thread_create_running(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _task: PortName,
    _flavor: u32,
    _state: GuestPtr<u32>,
    _count: u32,
    _thread: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    kern(Err(codes::KERN_RESOURCE_SHORTAGE))
}

calls! { pub(crate) CALLS: Mach;
    blocking trap 69 task_terminate(task: PortName) -> Code = terminate_trap;
    trap 71 task_set_special_port(task: PortName, which: u32, port: PortName) -> Code
        = set_special_trap;
    refused trap 84 thread_create_running(task: PortName, flavor: u32, state: GuestPtr<u32>,
        count: u32, thread: GuestPtr<u32>) -> Code = thread_create_running;
    refused trap 107 thread_create(task: PortName, thread: GuestPtr<u32>) -> Code = thread_create;
    blocking trap 110 thread_terminate(thread: PortName) -> Code = thread_terminate;
}

messages! { pub(crate) MESSAGES;
    412 host_get_special_port(node: Int @ 32, which: Int @ 36) = host_special;
    2008 task_terminate() = terminate;
    2034 mach_ports_lookup() = ports_lookup;
    2058 task_get_special_port(which: Int @ 32) = get_special;
    2059 task_set_special_port(which: Int @ 48) = set_special;
    1000001 bootstrap_ports() = boot_ports;
    1000002 bootstrap_arguments() = arguments;
    1000003 bootstrap_environment() = environment;
    1000004 bootstrap_completed() = completed;
}
