"""What the smokes need around them: the other side of a connector, on loopback. It holds no smoke."""
