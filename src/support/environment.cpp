#include "sqrtn/support/environment.hpp"
