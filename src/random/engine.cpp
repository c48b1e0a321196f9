#include "sqrtn/random/engine.hpp"
