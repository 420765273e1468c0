"""Write-back (改回去): plan what is to be changed, which changes nothing, and apply exactly that plan."""
