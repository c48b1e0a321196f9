#include "sqrtn/support/shape.hpp"
