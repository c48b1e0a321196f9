#include "sqrtn/init/fan.hpp"
