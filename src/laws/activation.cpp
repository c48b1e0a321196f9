#include "sqrtn/laws/activation.hpp"
