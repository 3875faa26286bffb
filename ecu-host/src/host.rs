//! What a partition's store holds: meter, mailboxes, handles, and the board while an activation
//! runs. The host functions of `interfaces/` and `wasi/` work on it.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};

use deployment::Partition;
use wasmtime::{AsContextMut, Result, StoreContextMut};

use crate::{
    EcuSettings, HANDLES, PartitionCounters,
    binding::{Guest, ResourceTable},
    board::{Board, CanFrame, Record},
    controller::Controllers,
    limits::MemoryLimit,
    mailbox::Mailbox,
    meter::Meter,
    misuse::Misuse,
};

/// The store a host function is called with.
pub(crate) type Call<'a, B> = StoreContextMut<'a, Host<B>>;

/// Data of one partition's store.
pub(crate) struct Host<B> {
    /// Here while an activation runs, else with the ECU.
    pub(crate) board: Option<Box<B>>,
    pub(crate) table: Arc<Partition>,
    pub(crate) settings: Arc<EcuSettings>,
    pub(crate) meter: Meter,
    pub(crate) memory: MemoryLimit,
    /// By PDU.
    pub(crate) mailboxes: Vec<Mailbox>,
    /// By element.
    pub(crate) inboxes: Vec<Mailbox>,
    /// What this activation wrote and somebody waits for.
    pub(crate) published: Vec<(u32, Vec<u8>)>,
    /// By element: whether somebody waits for it.
    pub(crate) wanted: Arc<[bool]>,
    /// By PDU: the frame to fill.
    pub(crate) frames: Vec<CanFrame>,
    pub(crate) controllers: Controllers,
    pub(crate) resources: ResourceTable,
    /// What the binding keeps of the instance.
    #[cfg_attr(
        feature = "component",
        expect(dead_code, reason = "the engine keeps it")
    )]
    pub(crate) guest: Guest,
    pub(crate) kept: Kept,
}

/// What outlives a restart.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kept {
    pub(crate) counters: PartitionCounters,
    /// Number of the last transmission request; its upper bits tell the partition.
    pub(crate) request: u64,
}

impl<B> Host<B> {
    pub(crate) fn new(
        table: Arc<Partition>,
        settings: Arc<EcuSettings>,
        wanted: Arc<[bool]>,
        kept: Kept,
    ) -> Host<B> {
        let mut resources = ResourceTable::new();
        resources.set_max_capacity(HANDLES);
        Host {
            board: None,
            meter: Meter::default(),
            memory: MemoryLimit::new(table.limits.memory_bytes),
            mailboxes: table
                .pdus
                .iter()
                .map(|pdu| Mailbox::new(pdu.queue))
                .collect(),
            inboxes: table
                .elements
                .iter()
                .map(|element| Mailbox::new(element.queue))
                .collect(),
            published: Vec::new(),
            wanted,
            frames: table.pdus.iter().map(empty_frame).collect(),
            controllers: Controllers::default(),
            resources,
            guest: Guest::default(),
            kept,
            table,
            settings,
        }
    }

    /// The instance whose runnable runs.
    pub(crate) fn instance(&self) -> Option<u32> {
        let runnable = self.meter.runnable()?;
        Some(self.table.runnables.get(runnable as usize)?.instance)
    }

    /// How long the activation may still wait.
    pub(crate) fn left_wait_ns(&self) -> u64 {
        let limit_ns = self.settings.longest_wait_ns;
        limit_ns.saturating_sub(self.meter.waited_ns())
    }

    /// A number that no other request of the ECU has.
    pub(crate) fn next_request(&mut self) -> u64 {
        self.kept.request += 1;
        self.kept.request
    }
}

impl<B: Board> Host<B> {
    /// The ECU's time when this much fuel is left: the model's, or the board's clock.
    pub(crate) fn now_ns(&mut self, left_fuel: u64) -> u64 {
        let modelled_ns = self.meter.now_ns(&self.settings, left_fuel);
        let started_ns = self.meter.started_ns();
        self.board.as_mut().map_or(modelled_ns, |board| {
            board.now_ns(modelled_ns).max(started_ns)
        })
    }
}

fn empty_frame(pdu: &deployment::Pdu) -> CanFrame {
    CanFrame {
        bus: pdu.bus.clone(),
        id: pdu.id,
        extended: pdu.extended,
        remote: false,
        data: Vec::new(),
        // A message that no classic frame holds.
        #[cfg(feature = "can-fd")]
        flexible: (pdu.length_bytes > 8).then_some(crate::board::CanFlexible {
            bit_rate_switch: true,
            error_state_indicator: false,
        }),
    }
}

/// The ECU's time at this call.
pub(crate) fn now_ns<B: Board>(call: &mut Call<'_, B>) -> Result<u64> {
    let left_fuel = call.get_fuel()?;
    Ok(call.data_mut().now_ns(left_fuel))
}

/// Lends the board out of the store, so that guest memory can be read meanwhile.
pub(crate) fn with_board<B: Board, R>(
    call: &mut Call<'_, B>,
    act: impl FnOnce(&mut Call<'_, B>, &mut B, u64) -> R,
) -> Result<R> {
    let at_ns = now_ns(call)?;
    let Some(mut board) = call.data_mut().board.take() else {
        return Err(Misuse::OutsideActivation.into());
    };
    let result = act(&mut call.as_context_mut(), &mut board, at_ns);
    call.data_mut().board = Some(board);
    Ok(result)
}

/// Tells the board what happened.
pub(crate) fn record<B: Board>(
    call: &mut Call<'_, B>,
    what: impl for<'a> FnOnce(&'a str, &'a Call<'_, B>) -> Record<'a>,
) -> Result<()> {
    with_board(call, |call, board, at_ns| {
        let name = call.data().table.name.as_str();
        board.record(at_ns, what(name, call));
    })
}

/// The caller waits for a clock.
pub(crate) fn wait<B: Board>(call: &mut Call<'_, B>, wait_ns: u64) -> Result<()> {
    let from_ns = now_ns(call)?;
    // First, so that nobody waits in real time for what is refused.
    pass(call, wait_ns)?;
    if let Some(board) = &mut call.data_mut().board {
        board.wait(from_ns, from_ns.saturating_add(wait_ns));
    }
    Ok(())
}

/// Time has passed for the caller: on a bus, which has kept it waiting as long, or for a clock.
pub(crate) fn pass<B: Board>(call: &mut Call<'_, B>, wait_ns: u64) -> Result<()> {
    let host = call.data_mut();
    host.meter.wait(wait_ns);
    let limit_ns = host.settings.longest_wait_ns;
    match host.meter.waited_ns() > limit_ns {
        true => Err(Misuse::WaitsTooLong { limit_ns }.into()),
        false => Ok(()),
    }
}

/// Names of a partition's ends, for errors.
pub(crate) fn runnable_names(table: &Partition, runnable: u32) -> Option<(String, String)> {
    let runnable = table.runnables.get(runnable as usize)?;
    let instance = table.instances.get(runnable.instance as usize)?;
    Some((instance.clone(), runnable.function.clone()))
}
