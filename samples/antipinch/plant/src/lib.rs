//! A power window as a model: motor, gear, glass, seals, end stops, and what is in the way.
//! Knows nothing of control.
//!
//! A brushed motor without inductance drives a cable drum. Friction is Coulomb's; an obstacle is
//! the spring of 10 N/mm with which pinch protection is measured.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 64);

/// Steps of the integration in one step of the component (10 ms).
pub const SUBSTEPS: u32 = 10;
pub const SUBSTEP_S: f32 = 0.001;
pub const CLOSED_MM: f32 = 450.0;

const SUPPLY_V: f32 = 12.0;
const RESISTANCE_OHM: f32 = 0.8;
/// Volt seconds per radian, and newton metres per ampere.
const MOTOR_CONSTANT: f32 = 0.032;
const INERTIA_KG_M2: f32 = 5.0e-5;
const RADIANS_PER_REVOLUTION: f32 = core::f32::consts::TAU;
/// Travel of the glass.
const LEAD_MM_PER_REVOLUTION: f32 = 3.0;
const LEAD_M_PER_RADIAN: f32 = LEAD_MM_PER_REVOLUTION / RADIANS_PER_REVOLUTION / 1000.0;
const FRICTION_N: f32 = 80.0;
const WEIGHT_N: f32 = 30.0;
/// The upper seal, over the last millimetres.
const SEAL_N: f32 = 40.0;
const SEAL_FROM_MM: f32 = 446.0;
const OBSTACLE_N_PER_MM: f32 = 10.0;

/// What acts on the window for one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drive {
    /// 0 to 1.
    pub right_pwm: f32,
    /// 0 to 1.
    pub left_pwm: f32,
    pub obstacle_mm: Option<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Edge above its open position.
    pub position_mm: f32,
    /// Of the motor; positive closes.
    pub speed_rad_s: f32,
    /// Positive closes.
    pub current_a: f32,
    pub pinch_n: f32,
}

impl Window {
    pub const fn open() -> Self {
        Self {
            position_mm: 0.0,
            speed_rad_s: 0.0,
            current_a: 0.0,
            pinch_n: 0.0,
        }
    }

    /// After one step of the component.
    pub fn after(self, drive: &Drive) -> Self {
        (0..SUBSTEPS).fold(self, |window, _| window.after_substep(drive))
    }

    pub fn speed_rps(&self) -> f32 {
        self.speed_rad_s / RADIANS_PER_REVOLUTION
    }

    /// The motor is driven and stands still.
    pub fn is_stalled(&self) -> bool {
        self.speed_rad_s.abs() < 1.0 && self.current_a.abs() > 1.0
    }

    fn after_substep(self, drive: &Drive) -> Self {
        let current_a = self.current(drive);
        let pinch_n = self.pinch_force(drive);
        let seal_n = if self.position_mm > SEAL_FROM_MM {
            SEAL_N
        } else {
            0.0
        };
        let drive_nm =
            MOTOR_CONSTANT * current_a - LEAD_M_PER_RADIAN * (WEIGHT_N + pinch_n + seal_n);
        let speed_rad_s = self.speed_after(drive_nm);
        let travel_mm = speed_rad_s * LEAD_M_PER_RADIAN * 1000.0 * SUBSTEP_S;
        let position_mm = (self.position_mm + travel_mm).clamp(0.0, CLOSED_MM);
        let stopped = position_mm == 0.0 && speed_rad_s < 0.0
            || position_mm == CLOSED_MM && speed_rad_s > 0.0;
        Self {
            position_mm,
            speed_rad_s: if stopped { 0.0 } else { speed_rad_s },
            current_a,
            pinch_n,
        }
    }

    /// Both half bridges off: the motor is open; else it sees the difference of both.
    fn current(&self, drive: &Drive) -> f32 {
        if drive.right_pwm <= 0.0 && drive.left_pwm <= 0.0 {
            return 0.0;
        }
        let duty = drive.right_pwm.clamp(0.0, 1.0) - drive.left_pwm.clamp(0.0, 1.0);
        (SUPPLY_V * duty - MOTOR_CONSTANT * self.speed_rad_s) / RESISTANCE_OHM
    }

    fn pinch_force(&self, drive: &Drive) -> f32 {
        drive.obstacle_mm.map_or(0.0, |height_mm| {
            ((self.position_mm - height_mm) * OBSTACLE_N_PER_MM).max(0.0)
        })
    }

    /// Friction holds what stands and slows what moves, and never turns it round.
    fn speed_after(&self, drive_nm: f32) -> f32 {
        let friction_nm = LEAD_M_PER_RADIAN * FRICTION_N;
        let gain = SUBSTEP_S / INERTIA_KG_M2;
        if self.speed_rad_s == 0.0 {
            let surplus_nm = drive_nm.abs() - friction_nm;
            return if surplus_nm > 0.0 {
                surplus_nm.copysign(drive_nm) * gain
            } else {
                0.0
            };
        }
        let direction = self.speed_rad_s.signum();
        let next = self.speed_rad_s + (drive_nm - direction * friction_nm) * gain;
        if next * direction < 0.0 { 0.0 } else { next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: Drive = Drive {
        right_pwm: 1.0,
        left_pwm: 0.0,
        obstacle_mm: None,
    };
    const DOWN: Drive = Drive {
        right_pwm: 0.0,
        left_pwm: 1.0,
        obstacle_mm: None,
    };
    const OFF: Drive = Drive {
        right_pwm: 0.0,
        left_pwm: 0.0,
        obstacle_mm: None,
    };

    fn run(window: Window, drive: &Drive, steps: u32) -> Window {
        (0..steps).fold(window, |window, _| window.after(drive))
    }

    #[test]
    fn closes_in_about_three_seconds_and_stalls() {
        let moving = run(Window::open(), &UP, 100);
        assert!((40.0..60.0).contains(&moving.speed_rps()), "{moving:?}");
        let closed = run(Window::open(), &UP, 350);
        assert_eq!(closed.position_mm, CLOSED_MM);
        assert!(closed.is_stalled());
        assert!((14.0..16.0).contains(&closed.current_a), "{closed:?}");
    }

    #[test]
    fn opens_again_and_stays_where_it_is_left() {
        let half = run(Window::open(), &UP, 150);
        let resting = run(half, &OFF, 100);
        assert_eq!(resting.speed_rad_s, 0.0);
        assert_eq!(run(resting, &OFF, 100), resting);
        assert_eq!(run(resting, &DOWN, 400).position_mm, 0.0);
    }

    #[test]
    fn an_obstacle_slows_it_and_costs_current() {
        let blocked = Drive {
            obstacle_mm: Some(300.0),
            ..UP
        };
        let free = run(Window::open(), &UP, 180);
        let pressed = run(Window::open(), &blocked, 400);
        // A stalled motor pulls with about 1 kN at 15 A: less friction and weight, 89 mm of spring.
        assert!((380.0..390.0).contains(&pressed.position_mm), "{pressed:?}");
        assert!((800.0..900.0).contains(&pressed.pinch_n), "{pressed:?}");
        assert!(pressed.current_a > free.current_a + 5.0);
    }

    #[test]
    fn a_short_brakes_harder_than_an_open_motor() {
        let moving = run(Window::open(), &UP, 100);
        let short = Drive {
            right_pwm: 1.0,
            left_pwm: 1.0,
            obstacle_mm: None,
        };
        assert!(run(moving, &short, 3).speed_rad_s < run(moving, &OFF, 3).speed_rad_s);
        assert_eq!(run(moving, &short, 30).speed_rad_s, 0.0);
    }
}
