#include "sqrtn/random/fill.hpp"
