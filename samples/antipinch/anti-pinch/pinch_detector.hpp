// Tells a pinch from ordinary resistance: the current rises above what the window needed so far.
// Knows nothing of switches and motors.
#pragma once

#include <stdint.h>

// All times in steps of 10 ms.
class PinchDetector {
public:
  // The window starts to move: nothing is known yet.
  void restart() { *this = PinchDetector{}; }

  // One step of a closing window; true once a pinch is certain.
  bool step(double current_amperes) {
    if (steps < INRUSH_STEPS) {
      steps += 1;
      usual_amperes = current_amperes;
      return false;
    }
    if (current_amperes > usual_amperes + THRESHOLD_AMPERES) {
      suspicious_steps += 1;
    } else {
      suspicious_steps = 0;
      usual_amperes += (current_amperes - usual_amperes) * LEARNING_RATE;
    }
    return suspicious_steps >= CERTAIN_STEPS;
  }

private:
  // A starting motor draws much.
  static constexpr uint32_t INRUSH_STEPS = 40;
  static constexpr uint32_t CERTAIN_STEPS = 2;
  static constexpr double THRESHOLD_AMPERES = 0.2;
  static constexpr double LEARNING_RATE = 0.05;

  uint32_t steps = 0;
  uint32_t suspicious_steps = 0;
  double usual_amperes = 0.0;
};
