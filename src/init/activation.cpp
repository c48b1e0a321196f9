#include "sqrtn/init/activation.hpp"
