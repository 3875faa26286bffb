/* What a partition can import, as `exporter/src/native/host.rs` names it: the first parameter is the
 * side that calls, the others are those of the canonical ABI. */
#ifndef WL_IMPORTS_H
#define WL_IMPORTS_H

uint32_t wl_open_i2c(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_delay(const wl_caller_t *c);
void wl_delay_ns(const wl_caller_t *c, uint32_t handle, uint32_t delay_ns);
void wl_i2c_read(const wl_caller_t *c, uint32_t handle, uint32_t address, uint64_t bytes,
                 uint32_t result);
void wl_i2c_write(const wl_caller_t *c, uint32_t handle, uint32_t address, uint32_t data,
                  uint32_t bytes, uint32_t result);
void wl_i2c_write_read(const wl_caller_t *c, uint32_t handle, uint32_t address, uint32_t data,
                       uint32_t bytes, uint64_t read_bytes, uint32_t result);
void wl_i2c_transaction(const wl_caller_t *c, uint32_t handle, uint32_t address,
                        uint32_t operations, uint32_t count, uint32_t result);
uint64_t wl_clock_now(const wl_caller_t *c);
void wl_elements_publish(const wl_caller_t *c, uint32_t element, uint32_t data, uint32_t bytes);
void wl_elements_refuse(const wl_caller_t *c, uint32_t element);
void wl_elements_take(const wl_caller_t *c, uint32_t element, uint32_t result);
void wl_frames_transmit(const wl_caller_t *c, uint32_t pdu, uint32_t data, uint32_t bytes);
void wl_frames_take(const wl_caller_t *c, uint32_t pdu, uint32_t result);
/* Called at both ends of every runnable, and no more than a store: part of the code that calls, which
 * knows the partition. May be ended at any instruction; volatile, since a guest that never ends is
 * named in the log, too. */
static inline void wl_meter_enter(const wl_caller_t *c, uint32_t runnable) {
  if (runnable >= c->partition->runnable_count) wl_trap(WL_TRAP_MISUSE);
  if (UNLIKELY(wl_replays)) wl_tell_entered(c, runnable);
  *(volatile uint32_t *)&c->partition->state->runnable = runnable + 1;
}
static inline void wl_meter_leave(const wl_caller_t *c) {
  if (UNLIKELY(wl_replays)) wl_tell_left(c);
  *(volatile uint32_t *)&c->partition->state->runnable = 0;
}
void wl_probes_called(const wl_caller_t *c, uint32_t probe, uint32_t function, uint32_t data,
                      uint32_t bytes);
void wl_probes_returned(const wl_caller_t *c, uint32_t probe, uint32_t function, uint32_t data,
                        uint32_t bytes);
void wl_probes_pause(const wl_caller_t *c);
uint32_t wl_can_error_state(const wl_caller_t *c, uint32_t handle);
uint32_t wl_can_state(const wl_caller_t *c, uint32_t handle);
void wl_can_abort(const wl_caller_t *c, uint32_t handle, uint64_t request, uint32_t result);
void wl_can_configure(const wl_caller_t *c, uint32_t handle, uint32_t bit_rate_hz,
                      uint32_t segment_1, uint32_t segment_2, uint32_t jump_width, uint32_t has_data,
                      uint32_t data_rate_hz, uint32_t data_segment_1, uint32_t data_segment_2,
                      uint32_t data_jump_width, uint32_t result);
void wl_can_confirmed(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_counters(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_next_event(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_open(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result);
void wl_can_take(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_set_filters(const wl_caller_t *c, uint32_t handle, uint32_t list, uint32_t count,
                        uint32_t result);
void wl_can_sleep(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_start(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_stop(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_timing(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_can_transmit(const wl_caller_t *c, uint32_t handle, uint32_t id_kind, uint32_t id,
                     uint32_t format, uint32_t code, uint32_t data, uint32_t bytes,
                     uint32_t attempts, uint32_t result);
void wl_can_wake(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_nv_read(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result);
void wl_nv_write(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t data, uint32_t count,
                 uint32_t result);
void wl_nv_invalidate(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result);
void wl_nv_status(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result);
uint32_t wl_open_spi(const wl_caller_t *c, uint32_t name, uint32_t bytes);
void wl_spi_open(const wl_caller_t *c, uint32_t name, uint32_t bytes, uint32_t result);
void wl_spi_names(const wl_caller_t *c, uint32_t result);
void wl_spi_configure(const wl_caller_t *c, uint32_t handle, uint32_t clock_hz, uint32_t mode,
                      uint32_t lsb_first, uint32_t result);
void wl_spi_read(const wl_caller_t *c, uint32_t handle, uint64_t bytes, uint32_t result);
void wl_spi_transfer(const wl_caller_t *c, uint32_t handle, uint32_t data, uint32_t bytes,
                     uint32_t result);
void wl_spi_write(const wl_caller_t *c, uint32_t handle, uint32_t data, uint32_t bytes,
                  uint32_t result);
void wl_spi_transaction(const wl_caller_t *c, uint32_t handle, uint32_t list, uint32_t count,
                        uint32_t result);
uint32_t wl_open_digital_out(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_digital_in(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_digital_in_out(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_analog_out(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_analog_in(const wl_caller_t *c, uint32_t name, uint32_t bytes);
uint32_t wl_open_analog_in_out(const wl_caller_t *c, uint32_t name, uint32_t bytes);
void wl_digital_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_in_config(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_in_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_analog_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_analog_in_config(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_analog_in_out_config(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_gpio_delay_ns(const wl_caller_t *c, uint32_t delay);
void wl_gpio_delay_us(const wl_caller_t *c, uint32_t delay);
void wl_gpio_delay_ms(const wl_caller_t *c, uint32_t delay);
uint32_t wl_pin_ready(const wl_caller_t *c, uint32_t handle);
void wl_watch_active(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_watch_inactive(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_watch_state(const wl_caller_t *c, uint32_t handle, uint32_t state, uint32_t result);
void wl_watch_falling(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_watch_rising(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_watch_above(const wl_caller_t *c, uint32_t handle, float fraction, uint32_t result);
void wl_watch_above_raw(const wl_caller_t *c, uint32_t handle, uint32_t number, uint32_t result);
void wl_watch_below(const wl_caller_t *c, uint32_t handle, float fraction, uint32_t result);
void wl_watch_below_raw(const wl_caller_t *c, uint32_t handle, uint32_t number, uint32_t result);
void wl_digital_set_state(const wl_caller_t *c, uint32_t handle, uint32_t state, uint32_t result);
void wl_digital_set_active(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_set_inactive(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_toggle(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_read(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_is_active(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_digital_is_inactive(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_analog_set_raw(const wl_caller_t *c, uint32_t handle, uint32_t value, uint32_t result);
void wl_analog_set(const wl_caller_t *c, uint32_t handle, float fraction, uint32_t result);
void wl_analog_read_raw(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_analog_read(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_wasi_empty_list(const wl_caller_t *c, uint32_t result);
void wl_wasi_none(const wl_caller_t *c, uint32_t result);
void wl_wasi_exit(const wl_caller_t *c, uint32_t status);
uint64_t wl_wasi_resolution(const wl_caller_t *c);
void wl_wasi_wall_now(const wl_caller_t *c, uint32_t result);
void wl_wasi_wall_resolution(const wl_caller_t *c, uint32_t result);
uint32_t wl_poll_at(const wl_caller_t *c, uint64_t ready_ns);
uint32_t wl_poll_in(const wl_caller_t *c, uint64_t wait_ns);
uint32_t wl_poll_ready(const wl_caller_t *c, uint32_t handle);
void wl_poll_block(const wl_caller_t *c, uint32_t handle);
void wl_poll(const wl_caller_t *c, uint32_t list, uint32_t count, uint32_t result);
uint64_t wl_random_u64(const wl_caller_t *c);
void wl_random_bytes(const wl_caller_t *c, uint64_t count, uint32_t result);
void wl_random_seed(const wl_caller_t *c, uint32_t result);
uint32_t wl_stream_input(const wl_caller_t *c);
uint32_t wl_stream_output(const wl_caller_t *c);
uint32_t wl_stream_error(const wl_caller_t *c);
uint32_t wl_stream_subscribe(const wl_caller_t *c, uint32_t handle);
void wl_stream_read(const wl_caller_t *c, uint32_t handle, uint64_t count, uint32_t result);
void wl_stream_skip(const wl_caller_t *c, uint32_t handle, uint64_t count, uint32_t result);
void wl_stream_check(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_stream_write(const wl_caller_t *c, uint32_t handle, uint32_t data, uint32_t bytes,
                     uint32_t result);
void wl_stream_zeroes(const wl_caller_t *c, uint32_t handle, uint64_t count, uint32_t result);
void wl_stream_flush(const wl_caller_t *c, uint32_t handle, uint32_t result);
void wl_stream_splice(const wl_caller_t *c, uint32_t handle, uint32_t from, uint64_t count,
                      uint32_t result);

#endif
