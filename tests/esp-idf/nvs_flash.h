/* Declarations after ESP-IDF 5's API reference ("Non-Volatile Storage Library"). */
#pragma once
#include "esp_err.h"
esp_err_t nvs_flash_init(void);
