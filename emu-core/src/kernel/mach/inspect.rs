//! What a debugger may see of Mach, as plain data.

use super::space::{KernelObject, Receiver};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;

/// One right of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightView {
    /// The task's name for it.
    pub name: u32,
    /// Its port, by the number that the machine gives it; none of a dead name or a set.
    pub port: Option<u64>,
    /// The set, if it is one.
    pub set: Option<u64>,
    /// Whether it receives.
    pub receive: bool,
    /// References of send rights; 1 for a send-once right.
    pub sends: u32,
    /// In words.
    pub words: &'static str,
}

/// The rights of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskView {
    /// The program.
    pub task: Item,
    /// By name.
    pub rights: Vec<RightView>,
}

/// A port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortView {
    /// The machine's number for it.
    pub id: u64,
    /// Who receives, or what it stands for, in words.
    pub stands_for: String,
    /// The task that receives.
    pub receiver: Option<Item>,
    /// Messages in its queue, and how many fit.
    pub queued: (usize, u32),
    /// Names with send rights, and rights in messages.
    pub sends: u32,
    /// Send-once rights.
    pub send_onces: u32,
    /// The set it is in.
    pub set: Option<u64>,
}

/// A done queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    /// Its port.
    pub port: u64,
    /// Operations whose end has not come.
    pub in_progress: u32,
    /// Ends that nobody has collected.
    pub done: usize,
    /// Threads that wait.
    pub waiters: Vec<Item>,
    /// Whether it is being terminated.
    pub ends: bool,
}

/// An open device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceView {
    /// Its name.
    pub name: &'static str,
    /// Its port.
    pub port: u64,
    /// How often it is open.
    pub opens: u32,
    /// Operations in progress.
    pub active: u32,
    /// Operations that its limit holds back.
    pub held: usize,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachView {
    /// Tasks with their rights.
    pub tasks: Vec<TaskView>,
    /// Ports.
    pub ports: Vec<PortView>,
    /// Done queues.
    pub queues: Vec<QueueView>,
    /// Devices.
    pub devices: Vec<DeviceView>,
}

impl Portfolio {
    /// The program of a task and the names in its space; nothing before its first Mach call.
    pub(crate) fn mach_names(&self, task: Item) -> Option<(Item, Vec<u32>)> {
        let program = self.task_state(task).map_or(task, |state| state.program);
        let space = &self.mach.tasks.get(&program)?.space;
        Some((program, space.held_names()))
    }

    /// What a name of a program is, in words: `send right to the host`.
    pub(crate) fn mach_right_words(&self, program: Item, name: u32) -> String {
        let task = self.mach.tasks.get(&program);
        let rights = task.map(|task| task.space.rights()).unwrap_or_default();
        let Some(right) = rights.into_iter().find(|right| right.name == name) else {
            return "right".to_owned();
        };
        let mut ports = self.mach.ports.numbered();
        let port = ports.find(|(id, _)| Some(id.number()) == right.port);
        match port.map(|(_, port)| port.receiver) {
            Some(Receiver::Kernel(object)) => {
                let object = self.port_words(Receiver::Kernel(object), None);
                format!("{} right to {object}", right.words)
            }
            Some(_) => format!("{} right", right.words),
            None => right.words.to_owned(),
        }
    }

    /// What Mach's half of the kernel holds.
    pub fn mach_view(&self) -> MachView {
        let mach = &self.mach;
        let tasks = mach.tasks.iter().map(|(&task, state)| TaskView {
            task,
            rights: state.space.rights(),
        });
        let ports = mach.ports.numbered().map(|(id, port)| {
            let receiver = match port.receiver {
                Receiver::Space(space) => {
                    let mut tasks = mach.tasks.iter();
                    tasks.find(|(_, state)| state.space.id() == space)
                }
                _ => None,
            };
            let receiver = receiver.map(|(&task, _)| task);
            PortView {
                id: id.number(),
                stands_for: self.port_words(port.receiver, receiver),
                receiver,
                queued: (port.queued(), port.qlimit),
                sends: port.send_rights,
                send_onces: port.send_once_rights,
                set: port.set.map(|set| set.number()),
            }
        });
        let queues = mach.queues.values().map(|queue| queue.view());
        let devices = mach.devices.opened().map(|(name, device)| DeviceView {
            name,
            port: device.port.number(),
            opens: device.opens,
            active: device.active,
            held: device.held.len(),
        });
        MachView {
            tasks: tasks.collect(),
            ports: ports.collect(),
            queues: queues.collect(),
            devices: devices.collect(),
        }
    }

    fn port_words(&self, receiver: Receiver, task: Option<Item>) -> String {
        match (receiver, task) {
            (Receiver::Space(_), Some(task)) => format!("of task {task:?}"),
            (Receiver::Space(_), None) => "of nobody".to_owned(),
            (Receiver::Transit(_), _) => "in a message".to_owned(),
            (Receiver::Kernel(object), _) => match object {
                KernelObject::Host => "the host".to_owned(),
                KernelObject::HostPrivileged => "the host, privileged".to_owned(),
                KernelObject::DeviceMaster => "the device master".to_owned(),
                KernelObject::Bootstrap => "the bootstrap port".to_owned(),
                KernelObject::Ledger(_) => "a ledger".to_owned(),
                KernelObject::Device(device) => {
                    format!("device {}", self.mach.devices.name(device))
                }
                KernelObject::DoneQueue(_) => "a done queue".to_owned(),
                KernelObject::Task(task) => format!("task {:?}", Item(task as i32)),
                KernelObject::Thread(thread) => format!("thread {:?}", Item(thread as i32)),
                KernelObject::Clock(_) => "a clock".to_owned(),
                KernelObject::Semaphore(_) => "a semaphore".to_owned(),
                KernelObject::Memory(_) => "memory".to_owned(),
            },
        }
    }
}
