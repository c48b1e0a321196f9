#include "sqrtn/support/npy.hpp"
