#include "sqrtn/statistics/moments.hpp"
