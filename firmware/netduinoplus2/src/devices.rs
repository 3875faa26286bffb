//! USART and timers of the STM32F405 (ST RM0090, sections 18 and 30), as QEMU plays them.

use firmware_core::Registers;

/// A serial line.
pub(crate) struct Usart(pub(crate) Registers);

const USART_SR: usize = 0x00;
const USART_DR: usize = 0x04;
const USART_CR1: usize = 0x0c;
const SR_RXNE: u32 = 1 << 5;
const SR_TXE: u32 = 1 << 7;
const CR1_RE: u32 = 1 << 2;
const CR1_TE: u32 = 1 << 3;
const CR1_RECEIVE_INTERRUPT: u32 = 1 << 5;
const CR1_ENABLE: u32 = 1 << 13;

impl Usart {
    pub(crate) fn enable(&self) {
        self.0.write(
            USART_CR1,
            CR1_ENABLE | CR1_TE | CR1_RE | CR1_RECEIVE_INTERRUPT,
        );
    }

    /// Sends all of them; waits for the line.
    pub(crate) fn send(&self, bytes: &[u8]) {
        for byte in bytes {
            while self.0.read(USART_SR) & SR_TXE == 0 {}
            self.0.write(USART_DR, u32::from(*byte));
        }
    }

    /// A byte that has come, if one has.
    pub(crate) fn receive(&self) -> Option<u8> {
        match self.0.read(USART_SR) & SR_RXNE {
            0 => None,
            _ => Some(self.0.read(USART_DR) as u8),
        }
    }
}

/// TIM2 or TIM5: 32 bits.
pub(crate) struct Timer(pub(crate) Registers);

const TIM_CR1: usize = 0x00;
const TIM_DIER: usize = 0x0c;
const TIM_SR: usize = 0x10;
const TIM_EGR: usize = 0x14;
const TIM_CNT: usize = 0x24;
const TIM_PSC: usize = 0x28;
const TIM_ARR: usize = 0x2c;
const ENABLE: u32 = 1;
const UPDATE: u32 = 1;

/// QEMU feeds the timers with 1 GHz.
const TIMER_INPUT_HZ: u32 = 1_000_000_000;
/// Rate at which they count.
pub(crate) const TIMER_HZ: u32 = 10_000_000;

impl Timer {
    /// Round and round.
    pub(crate) fn run_freely(&self) {
        self.0.write(TIM_PSC, TIMER_INPUT_HZ / TIMER_HZ - 1);
        self.0.write(TIM_ARR, u32::MAX);
        self.0.write(TIM_EGR, UPDATE);
        self.0.write(TIM_CR1, ENABLE);
    }

    pub(crate) fn ticks(&self) -> u32 {
        self.0.read(TIM_CNT)
    }

    /// One interrupt.
    pub(crate) fn interrupt_after(&self, ticks: u32) {
        self.0.write(TIM_CR1, 0);
        self.0.write(TIM_DIER, UPDATE);
        self.0.write(TIM_PSC, TIMER_INPUT_HZ / TIMER_HZ - 1);
        self.0.write(TIM_ARR, ticks);
        self.0.write(TIM_EGR, UPDATE);
        self.0.write(TIM_SR, 0);
        self.0.write(TIM_CR1, ENABLE);
    }

    /// No interrupt until the next is asked for.
    pub(crate) fn quieten(&self) {
        if self.0.read(TIM_SR) & UPDATE != 0 {
            self.0.write(TIM_CR1, 0);
            self.0.write(TIM_SR, 0);
        }
    }
}
