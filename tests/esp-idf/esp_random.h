/* Declarations after ESP-IDF 5's API reference ("Random Number Generation"). */
#pragma once
#include <stdint.h>
uint32_t esp_random(void);
