//! What devices still have to do, in the order of devices and their queues.

use crate::device::{Board, DeviceClass, DeviceId};
use crate::kernel::portfolio::items::Item;
use crate::machine::{Machine, Writer};
use crate::time::Tick;

/// A request that is at a device of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestView {
    /// Its number.
    pub request: u64,
    /// The IOReq it was made with; none of the system's own and of Mach's.
    pub ior: Option<Item>,
    /// Who made it.
    pub owner: Item,
    /// The device.
    pub device: DeviceId,
    /// What kind of device that is.
    pub class: DeviceClass,
    /// Its name.
    pub name: &'static str,
    /// When it will end, if that is known.
    pub due: Option<Tick>,
}

impl<B: Board + Clone> Machine<B> {
    /// What devices still have to do.
    pub fn request_views(&self) -> Vec<RequestView> {
        // Devices answer only to whoever may change them.
        let mut board = self.board().clone();
        let mut views = Vec::new();
        for id in (0..board.device_count()).map(DeviceId) {
            let Some(device) = board.device(id) else {
                continue;
            };
            let info = device.info();
            for work in device.pending() {
                let mut iors = self.kernel().pending_requests();
                let ior = iors.find(|(req, _)| *req == work.id).map(|(_, ior)| ior);
                views.push(RequestView {
                    request: work.id.0,
                    ior,
                    owner: ior.map_or(Item::NONE, |ior| self.item_owner(ior)),
                    device: id,
                    class: info.class,
                    name: info.name,
                    due: work.due,
                });
            }
        }
        views
    }

    /// Who wrote, in words.
    pub fn writer_words(&self, by: Writer) -> String {
        match by {
            Writer::Program => "the instruction before".to_owned(),
            Writer::Kernel => "the system".to_owned(),
            Writer::Device(id) => match self.board().clone().device(id) {
                Some(device) => format!("device {}", device.info().name),
                None => format!("device {}", id.0),
            },
        }
    }
}
