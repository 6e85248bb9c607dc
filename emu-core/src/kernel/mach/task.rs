//! Mach tasks and threads: programs and Portfolio's tasks.
//!
//! Mach sheet 4.9, 5.1.
//!
//! A Mach task is a program with its memory: all its threads share one space of names. It begins
//! to exist with the first Mach call, so a program without any costs nothing.

use super::rpc::{KernCode, kern};
use super::space::{KernReturn, SpaceId};
use super::space::{KernelObject, Name, PORT_NULL, PortId, Ports, Right, Space};
use super::vm::Regions;
use super::waiting::Waiting;
use super::{Mach, codes};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::mem::GuestPtr;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the project's own traps.
const EXT_VERSION: u32 = 0x0001_0000;

/// The kernel's ports that every task can get at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roots {
    /// The host, as everybody may see it.
    pub host: PortId,
    /// The host, for who may change it.
    pub host_privileged: PortId,
    /// What devices are opened with.
    pub device_master: PortId,
    /// What answers the bootstrap messages.
    pub bootstrap: PortId,
    /// Wired ledger, paged ledger, security: names that do nothing.
    pub ledgers: [PortId; 3],
    /// Clocks by their ids: real time, battery, high resolution.
    pub clocks: [PortId; 3],
}

impl Roots {
    fn new(ports: &mut Ports) -> Roots {
        let mut port = |object| ports.create_kernel(object);
        Roots {
            host: port(KernelObject::Host),
            host_privileged: port(KernelObject::HostPrivileged),
            device_master: port(KernelObject::DeviceMaster),
            bootstrap: port(KernelObject::Bootstrap),
            ledgers: [0, 1, 2].map(|n| port(KernelObject::Ledger(n))),
            clocks: [0, 1, 2].map(|n| port(KernelObject::Clock(n))),
        }
    }
}

/// The Mach side of a program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MachTask {
    /// Its names.
    pub space: Space,
    /// Its own port.
    pub port: PortId,
    /// Memory it has from the kernel.
    pub regions: Regions,
    /// Names that stood for a done queue which was terminated.
    pub former_queues: BTreeSet<Name>,
    /// What `task_set_special_port` has put in place of the ports given at the beginning.
    pub special: BTreeMap<u32, Right>,
}

/// The Mach side of a Portfolio task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Thread {
    /// Its own port.
    pub port: PortId,
    /// What it waits for in a Mach call.
    pub waiting: Option<Waiting>,
    /// The number of the timer that ends its wait, and whether that has come.
    pub deadline: Option<u64>,
    /// The time has passed.
    pub timed_out: bool,
    /// When it began to wait, among all waits: who waits longest is woken first.
    pub since: u64,
    /// It was woken for a message that it has not looked for yet.
    pub called: bool,
}

/// A kernel object's number for a Portfolio task.
pub(super) fn number_of(item: Item) -> u32 {
    item.0 as u32
}

impl Mach {
    /// The kernel's ports, made when they are first asked for.
    pub(super) fn roots(&mut self) -> Roots {
        *self
            .roots
            .get_or_insert_with(|| Roots::new(&mut self.ports))
    }

    /// A program's names, with all ports.
    pub(super) fn space(&mut self, program: Item) -> Option<(&mut Space, &mut Ports)> {
        let task = self.tasks.get_mut(&program)?;
        Some((&mut task.space, &mut self.ports))
    }

    /// The kernel's object that a name of a program leads to, and its port.
    pub(super) fn object_of(
        &mut self,
        program: Item,
        name: Name,
    ) -> Option<(KernelObject, PortId)> {
        let (space, ports) = self.space(program)?;
        let port = space.port_of(ports, name)?;
        Some((ports.object(port)?, port))
    }

    /// The same for who may only look.
    pub(super) fn look_up(&self, program: Item, name: Name) -> Option<KernelObject> {
        let task = self.tasks.get(&program)?;
        self.ports.object(task.space.peek(&self.ports, name)?)
    }

    /// Gives a program a send right to a port of the kernel; the null name if there is no room.
    pub(super) fn hand_out(&mut self, program: Item, port: PortId) -> Name {
        let right = self.ports.make_send(port);
        self.hand_over(program, right).unwrap_or(PORT_NULL)
    }

    /// Gives a program a right.
    pub(super) fn hand_over(&mut self, program: Item, right: Right) -> Result<Name, KernReturn> {
        match self.space(program) {
            Some((space, ports)) => space.copy_out(ports, right),
            None => {
                self.ports.release(right);
                Err(KernReturn::InvalidArgument)
            }
        }
    }

    /// The program whose task port a name is.
    pub(super) fn task_named(&mut self, program: Item, name: Name) -> Option<Item> {
        match self.object_of(program, name)?.0 {
            KernelObject::Task(number) => Some(Item(number as i32)),
            _ => None,
        }
    }
}

impl Portfolio {
    /// The program that makes the present call; its Mach side exists from now on.
    pub(super) fn mach_caller(&mut self) -> Item {
        let caller = self.caller();
        let program = self.task_state(caller).map_or(caller, |task| task.program);
        let mach = &mut self.mach;
        if !mach.tasks.contains_key(&program) {
            mach.roots();
            let number = number_of(program);
            let task = MachTask {
                space: Space::new(SpaceId(number)),
                port: mach.ports.create_kernel(KernelObject::Task(number)),
                regions: Regions::default(),
                former_queues: BTreeSet::new(),
                special: BTreeMap::new(),
            };
            mach.tasks.insert(program, task);
        }
        if !mach.threads.contains_key(&caller) {
            let thread = Thread {
                port: mach
                    .ports
                    .create_kernel(KernelObject::Thread(number_of(caller))),
                waiting: None,
                deadline: None,
                timed_out: false,
                since: 0,
                called: false,
            };
            mach.threads.insert(caller, thread);
        }
        program
    }

    /// A Portfolio task is gone, and with it what it waited for in Mach calls. With a program go
    /// its names; its requests in flight keep their time, their results are dropped.
    pub(in crate::kernel) fn end_mach_thread(&mut self, cx: &mut CallCx<'_>, task: Item) {
        self.stop_waiting(cx, task);
        if let Some(thread) = self.mach.threads.remove(&task) {
            self.mach.ports.destroy_kernel(thread.port);
        }
        self.end_semaphores_of(task);
        self.orphan_operations(cx, |operation| operation.thread() == Some(task));
        if let Some(gone) = self.mach.tasks.remove(&task) {
            self.orphan_operations(cx, |operation| operation.program == task);
            let mach = &mut self.mach;
            for right in gone.special.into_values() {
                mach.ports.release(right);
            }
            gone.space.terminate(&mut mach.ports);
            mach.ports.destroy_kernel(gone.port);
            self.drop_unmapped();
        }
        self.settle_ports(cx);
    }
}

fn mach_reply_port(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let program = k.mach_caller();
    let name = k.mach.space(program).map(|(space, ports)| {
        let name = space.allocate(ports, super::space::RightKind::Receive);
        name.unwrap_or(PORT_NULL)
    });
    Ok(name.unwrap_or(PORT_NULL))
}

fn mach_thread_self(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let program = k.mach_caller();
    let port = k.mach.threads.get(&k.caller()).map(|thread| thread.port);
    Ok(port.map_or(PORT_NULL, |port| k.mach.hand_out(program, port)))
}

fn mach_task_self(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let program = k.mach_caller();
    Ok(k.self_port(program))
}

fn mach_host_self(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let program = k.mach_caller();
    let port = k.mach.roots().host;
    Ok(k.mach.hand_out(program, port))
}

fn device_master_self(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let program = k.mach_caller();
    let port = k.mach.roots().device_master;
    Ok(k.mach.hand_out(program, port))
}

fn ext_version(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    version: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let written = cx.mem.write(version, EXT_VERSION);
    kern(written.map_err(|_| codes::KERN_INVALID_ADDRESS))
}

calls! { pub(crate) CALLS: Mach;
    trap 26 mach_reply_port() -> Word = mach_reply_port;
    trap 27 mach_thread_self() -> Word = mach_thread_self;
    trap 28 mach_task_self() -> Word = mach_task_self;
    trap 29 mach_host_self() -> Word = mach_host_self;
    trap 200 ext_version(version: GuestPtr<u32>) -> Code = ext_version;
    trap 210 device_master_self() -> Word = device_master_self;
}
