// Registers of the TMP105 (data sheet SBOS648, "Pointer Register", "Configuration Register",
// "Temperature Register"). Knows nothing of the bus.
#pragma once

#include <stdint.h>

namespace tmp105 {

// All address pins low.
constexpr uint16_t ADDRESS = 0x48;

enum class Register : uint8_t { temperature = 0, configuration = 1 };

// Converter resolution bits R1 and R0 set: 12 bits, 0.0625 °C.
constexpr uint8_t TWELVE_BITS = 0x60;

// The temperature register, most significant byte first, left-aligned, in two's complement.
constexpr float celsius(uint8_t high, uint8_t low) {
  const auto raw = static_cast<int16_t>((high << 8) | low);
  return static_cast<float>(raw >> 4) * 0.0625f;
}

// The data sheet's own examples.
static_assert(celsius(0x7F, 0xF0) == 127.9375f);
static_assert(celsius(0x19, 0x00) == 25.0f);
static_assert(celsius(0x00, 0x40) == 0.25f);
static_assert(celsius(0xFF, 0xC0) == -0.25f);
static_assert(celsius(0xC9, 0x00) == -55.0f);

} // namespace tmp105
